import fc from 'fast-check'
import { bool, int } from '../drawing.ts'
import { attr, each, float, type GraphSample, ints, number, small, vector } from './sample.ts'

type Samples = Record<string, fc.Arbitrary<GraphSample>>

const padding = fc.constantFrom('SAME', 'VALID')
/** Batch, height, width, channels. */
const image = (least = 4) => fc.tuple(int(1, 2), int(least, 9), int(least, 9), small)
const windows = (stride: number, dilation: number) => ({
  strides: attr.ints([1, stride, stride, 1]),
  dilations: attr.ints([1, dilation, dilation, 1]),
  data_format: attr.s('NHWC'),
})
/** TF.js takes a stride or a dilation other than 1, not both. */
const steps = fc.oneof(fc.tuple(int(1, 3), fc.constant(1)), fc.tuple(fc.constant(1), int(1, 2)))

const explicit = fc.tuple(int(0, 2), int(0, 2), int(0, 2), int(0, 2)).map(pads => [0, 0, ...pads, 0, 0])

const fusedOps = fc.constantFrom(
  ['BiasAdd'],
  ['BiasAdd', 'Relu'],
  ['BiasAdd', 'Relu6'],
  ['BiasAdd', 'Elu'],
  ['BiasAdd', 'Sigmoid'],
  ['BiasAdd', 'LeakyRelu'],
  ['BiasAdd', 'Prelu'],
)

/** The bias, and the slopes of Prelu, of a fused operator. */
const fusedInputs = (ops: readonly string[], channels: number) => [
  float([channels], { constant: true }),
  ...(ops.includes('Prelu') ? [float([channels], { constant: true })] : []),
]
const fusedAttr = (ops: readonly string[]) => ({
  fused_ops: attr.strings(ops),
  num_args: attr.i(ops.includes('Prelu') ? 2 : 1),
  epsilon: attr.f(0),
  ...(ops.includes('LeakyRelu') && { leakyrelu_alpha: attr.f(0.3) }),
})

const convolutions: Samples = {
  ...each(['Conv2D', '_FusedConv2D'], op =>
    fc
      .tuple(image(5), int(1, 3), int(1, 3), small, steps, fc.oneof(padding, explicit), fusedOps, bool)
      .map(([[n, h, w, c], kh, kw, filters, [stride, dilation], pad, ops, open]) => ({
        attr: {
          ...windows(stride, dilation),
          ...(typeof pad === 'string'
            ? { padding: attr.s(pad) }
            : { padding: attr.s('EXPLICIT'), explicit_paddings: attr.ints(pad) }),
          ...(op === '_FusedConv2D' && fusedAttr(ops)),
        },
        inputs: [
          float([n, h, w, c], { open }),
          float([kh, kw, c, filters], { constant: true }),
          ...(op === '_FusedConv2D' ? fusedInputs(ops, filters) : []),
        ],
      })),
  ),
  ...each(['DepthwiseConv2dNative', 'DepthwiseConv2d', 'FusedDepthwiseConv2dNative'], op =>
    fc
      .tuple(image(5), int(1, 3), int(1, 2), steps, padding, fusedOps)
      // TF.js does not read the slope of a leaky activation here.
      .filter(([, , , , , ops]) => !(ops as readonly string[]).includes('LeakyRelu'))
      .map(([[n, h, w, c], k, multiplier, [stride, dilation], pad, ops]) => ({
        attr: {
          ...windows(stride, dilation),
          padding: attr.s(pad),
          ...(op.startsWith('Fused') && fusedAttr(ops)),
        },
        inputs: [
          float([n, h, w, c]),
          float([k, k, c, multiplier], { constant: true }),
          ...(op.startsWith('Fused') ? fusedInputs(ops, c * multiplier) : []),
        ],
      })),
  ),
  ...each(['Conv3D'], () =>
    fc.tuple(int(3, 5), int(3, 5), int(3, 5), small, small, padding).map(([d, h, w, c, filters, pad]) => ({
      attr: {
        strides: attr.ints([1, 1, 1, 1, 1]),
        dilations: attr.ints([1, 1, 1, 1, 1]),
        data_format: attr.s('NDHWC'),
        padding: attr.s(pad),
      },
      inputs: [float([1, d, h, w, c]), float([3, 3, 3, c, filters], { constant: true })],
    })),
  ),
  ...each(['Conv2DBackpropInput'], () =>
    fc
      .tuple(image(5), int(1, 4), int(1, 3), small, padding)
      .filter(([[, h, w], k, stride, , pad]) => pad === 'SAME' || (h >= k && w >= k && k >= stride))
      .filter(([, k, stride]) => k >= stride)
      .map(([[n, h, w, filters], k, stride, c, pad]) => {
        const forward = (size: number) =>
          pad === 'SAME' ? Math.ceil(size / stride) : Math.ceil((size - k + 1) / stride)
        return {
          attr: { ...windows(stride, 1), padding: attr.s(pad) },
          inputs: [
            vector([n, h, w, filters]),
            float([k, k, filters, c], { constant: true }),
            float([n, forward(h), forward(w), c]),
          ],
        }
      }),
  ),
}

const pools: Samples = {
  ...each(['MaxPool', 'AvgPool'], () =>
    fc.tuple(image(), int(1, 3), int(1, 3), padding, bool).map(([sizes, k, stride, pad, open]) => ({
      attr: { ksize: attr.ints([1, k, k, 1]), ...windows(stride, 1), padding: attr.s(pad) },
      inputs: [float(sizes, { open })],
    })),
  ),
  ...each(['MaxPool3D', 'AvgPool3D'], () =>
    fc.tuple(int(3, 5), int(3, 5), int(3, 5), small, padding).map(([d, h, w, c, pad]) => ({
      attr: {
        ksize: attr.ints([1, 2, 2, 2, 1]),
        strides: attr.ints([1, 2, 2, 2, 1]),
        data_format: attr.s('NDHWC'),
        padding: attr.s(pad),
      },
      inputs: [float([1, d, h, w, c])],
    })),
  ),
}

const normalization: Samples = {
  ...each(['BiasAdd'], () =>
    image(1).map(([n, h, w, c]) => ({
      attr: { T: attr.type('float32'), data_format: attr.s('NHWC') },
      inputs: [float([n, h, w, c]), float([c], { constant: true })],
    })),
  ),
  ...each(['FusedBatchNorm', 'FusedBatchNormV2', 'FusedBatchNormV3'], () =>
    image(1).map(([n, h, w, c]) => ({
      attr: { epsilon: attr.f(0.001), data_format: attr.s('NHWC'), is_training: attr.b(false) },
      inputs: [
        float([n, h, w, c]),
        ...[0, 1, 2].map(() => float([c], { constant: true })),
        float([c], { constant: true, range: [0.5, 2] }),
      ],
    })),
  ),
}

const resizing: Samples = {
  ...each(['ResizeBilinear', 'ResizeNearestNeighbor'], () =>
    fc
      .tuple(
        image(2),
        int(1, 9),
        int(1, 9),
        fc.constantFrom('none', 'align_corners', 'half_pixel_centers'),
        bool,
      )
      .map(([sizes, h, w, grid, open]) => ({
        attr: {
          align_corners: attr.b(grid === 'align_corners'),
          half_pixel_centers: attr.b(grid === 'half_pixel_centers'),
        },
        inputs: [float(sizes, { open }), vector([h, w])],
      })),
  ),
  ...each(['CropAndResize'], () =>
    fc.tuple(image(3), int(1, 4), int(1, 5), int(1, 5)).map(([sizes, boxes, h, w]) => ({
      attr: { method: attr.s('bilinear'), extrapolation_value: attr.f(0.5) },
      inputs: [
        float(sizes),
        float([boxes, 4], { range: [-0.1, 1.1] }),
        ints([boxes], { range: [0, sizes[0] - 1] }),
        vector([h, w]),
      ],
    })),
  ),
}

const rearranging: Samples = {
  ...each(['DepthToSpace'], () =>
    fc.tuple(int(1, 2), small, small, small, int(2, 3)).map(([n, h, w, c, block]) => ({
      attr: { block_size: attr.i(block), data_format: attr.s('NHWC') },
      inputs: [float([n, h, w, c * block * block])],
    })),
  ),
  ...each(['SpaceToBatchND'], () =>
    fc.tuple(int(1, 2), small, small, small, int(1, 3), int(1, 3)).map(([n, h, w, c, a, b]) => ({
      attr: {},
      inputs: [float([n, h * a, w * b, c]), vector([a, b]), { ...vector([a, 0, 0, b]), dims: [2, 2] }],
    })),
  ),
  ...each(['BatchToSpaceND'], () =>
    fc.tuple(int(1, 2), int(2, 4), int(2, 4), small, int(1, 3), int(1, 3)).map(([n, h, w, c, a, b]) => ({
      attr: {},
      inputs: [float([n * a * b, h, w, c]), vector([a, b]), { ...vector([0, 1, 1, 0]), dims: [2, 2] }],
    })),
  ),
  ...each(['Pad', 'PadV2', 'MirrorPad'], op =>
    fc
      .tuple(
        fc.array(int(3, 5), { minLength: 1, maxLength: 4 }),
        fc.array(int(0, 2), { minLength: 8, maxLength: 8 }),
        fc.constantFrom('REFLECT', 'SYMMETRIC'),
      )
      .map(([sizes, pads, mode]) => ({
        attr: { T: attr.type('float32'), ...(op === 'MirrorPad' && { mode: attr.s(mode) }) },
        inputs: [
          float(sizes),
          { ...vector(pads.slice(0, 2 * sizes.length)), dims: [sizes.length, 2] },
          ...(op === 'PadV2' ? [float([], { values: [1.5], constant: true })] : []),
        ],
      })),
  ),
}

/** Boxes [y1, x1, y2, x2] with scores, many of which overlap. */
const boxes = fc.tuple(int(1, 12), int(1, 8), fc.constantFrom(0.3, 0.5, 0.7), fc.constantFrom(0.1, 0.5))
const scalar = (value: number) => float([], { values: [value], constant: true })
const detection: Samples = {
  ...each(['NonMaxSuppressionV2', 'NonMaxSuppressionV3', 'NonMaxSuppressionV4', 'NonMaxSuppressionV5'], op =>
    boxes.chain(([n, most, overlap, least]) =>
      fc
        .array(fc.tuple(int(0, 9), int(0, 9), int(1, 6), int(1, 6)), { minLength: n, maxLength: n })
        .map(corners => ({
          attr: op === 'NonMaxSuppressionV4' ? { pad_to_max_output_size: attr.b(true) } : {},
          inputs: [
            float([n, 4], { values: corners.flatMap(([y, x, h, w]) => [y, x, y + h, x + w]) }),
            float([n], { range: [0, 1] }),
            number(most),
            scalar(overlap),
            ...(op === 'NonMaxSuppressionV2' ? [] : [scalar(least)]),
            ...(op === 'NonMaxSuppressionV5' ? [scalar(0)] : []),
          ],
          outputs: op === 'NonMaxSuppressionV2' || op === 'NonMaxSuppressionV3' ? 1 : 2,
        })),
    ),
  ),
}

/** Samples of the operators on images: convolutions, pools, normalization, resizing. */
export const IMAGES: Samples = {
  ...convolutions,
  ...pools,
  ...normalization,
  ...resizing,
  ...rearranging,
  ...detection,
}
