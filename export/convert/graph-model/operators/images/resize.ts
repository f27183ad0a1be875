import { asChannelsFirst } from '../../../graph/layout.ts'
import { cast, concat, scalar, slice } from '../../../graph/operators.ts'
import type { Dim, Value } from '../../../graph/value.ts'
import { asInt64, isStatic, knownNumbers, type Tensor, tensorOf } from '../../topology/tensor.ts'
import type { Operation, OperatorDefinition, Operators } from '../operation.ts'

/** Resizes images with TF's sampling points. */
function resize(mode: 'linear' | 'nearest'): OperatorDefinition {
  return {
    convert: operation => {
      const { graph, attributes } = operation
      const [x, size] = [operation.input(0), operation.input(1)]
      if (x.dims.length !== 4)
        return operation.fail(`expected an input of rank 4, got [${x.dims.join(', ')}]`)
      const [alignCorners, halfPixel] = [
        attributes.bool('align_corners', false),
        attributes.bool('half_pixel_centers', false),
      ]
      if (alignCorners && halfPixel)
        return operation.fail('align_corners and half_pixel_centers exclude each other')
      const grid = alignCorners ? 'align_corners' : halfPixel ? 'half_pixel' : 'asymmetric'
      // With aligned corners, TF.js rounds the sampling point half up; otherwise it takes the pixel that contains the
      // point.
      const nearest = grid === 'asymmetric' ? 'floor' : 'round_prefer_ceil'
      const [height, width] = size.elements ?? []
      const y = asChannelsFirst(graph, x.value, 'channelsLast', image => {
        const dims: Dim[] = [
          image.dims[0],
          image.dims[1],
          height ?? operation.dim(1),
          width ?? operation.dim(2),
        ]
        return graph.op(
          'Resize',
          [image, null, null, newSizes(operation, image, size)],
          {
            mode: { string: mode },
            coordinate_transformation_mode: { string: grid },
            ...(mode === 'nearest' && { nearest_mode: { string: nearest } }),
          },
          { type: 'float', dims },
        )
      })
      return tensorOf(y)
    },
  }
}

/** [batch, channels, height, width] of the result. */
function newSizes({ graph }: Operation, image: Value, size: Tensor): Value {
  const front = image.dims.slice(0, 2)
  const known = size.elements && knownNumbers(size)
  if (known && isStatic(front)) return graph.ints([...front, ...known])
  const own = slice(graph, graph.op('Shape', [image]), 0, 0, 2)
  return concat(graph, [own, asInt64(graph, size)], 0)
}

/** Crops images and scales the crops to one size by interpolation. Pixels outside an image get a constant. */
const cropAndResize: OperatorDefinition = {
  convert: operation => {
    const { graph, attributes } = operation
    const [x, boxes, owner] = [0, 1, 2].map(place => operation.input(place))
    const [height, width] = operation.numbers(3, 'crop_size')
    if (attributes.string('method', 'bilinear') !== 'bilinear')
      return operation.fail('method: expected bilinear')
    const outside = attributes.number('extrapolation_value', 0)
    const shape = cast(graph, graph.op('Shape', [x.value]), 'float')
    const sizeOf = (axis: number) =>
      graph.op('Sub', [slice(graph, shape, 0, axis, axis + 1), scalar(graph, 1)])
    const column = (i: number) => slice(graph, boxes.value, 1, i, i + 1)
    const count = boxes.dims[0]
    const grid = (from: Value, to: Value, last: Value, steps: number) => {
      const ramp = Array.from({ length: steps }, (_, i) => (steps > 1 ? i / (steps - 1) : 0.5))
      const span = graph.op('Mul', [graph.op('Sub', [to, from]), last])
      return graph.op('Add', [
        graph.op('Mul', [from, last]),
        graph.op('Mul', [span, graph.floats([1, steps], ramp)]),
      ])
    }
    const ys = grid(column(0), column(2), sizeOf(1), height)
    const xs = grid(column(1), column(3), sizeOf(2), width)
    const zero = scalar(graph, 0)
    const inside = (at: Value, last: Value) =>
      graph.op('And', [graph.op('GreaterOrEqual', [at, zero]), graph.op('LessOrEqual', [at, last])])
    const axis = (at: Value, last: Value, unsqueezed: number[]) => {
      const clipped = graph.op('Min', [graph.op('Max', [at, zero]), last])
      const low = graph.op('Floor', [clipped])
      const expand = (value: Value) => graph.op('Unsqueeze', [value, graph.ints(unsqueezed)])
      return {
        low: expand(cast(graph, low, 'int64')),
        high: expand(cast(graph, graph.op('Ceil', [clipped]), 'int64')),
        part: expand(graph.op('Sub', [clipped, low])),
        inside: expand(inside(at, last)),
      }
    }
    const [row, col] = [axis(ys, sizeOf(1), [2]), axis(xs, sizeOf(2), [1])]
    const image = graph.op('Unsqueeze', [asInt64(graph, owner), graph.ints([1, 2])])
    const dims: Dim[] = [count, height, width]
    const full = graph.op(
      'Concat',
      [slice(graph, graph.op('Shape', [boxes.value]), 0, 0, 1), graph.ints([height, width])],
      { axis: { int: 0 } },
    )
    const spread = (index: Value) =>
      graph.op('Unsqueeze', [graph.op('Expand', [index, full], {}, { type: 'int64', dims }), graph.ints([3])])
    const source = x.dtype === 'float32' ? x.value : cast(graph, x.value, 'float')
    const pixels = (r: Value, c: Value) =>
      graph.op(
        'GatherND',
        [
          source,
          graph.op(
            'Concat',
            [spread(image), spread(r), spread(c)],
            { axis: { int: -1 } },
            { type: 'int64', dims: [...dims, 3] },
          ),
        ],
        {},
        { type: 'float', dims: [...dims, x.dims[3]] },
      )
    const mix = (a: Value, b: Value, part: Value) =>
      graph.op('Add', [
        a,
        graph.op('Mul', [graph.op('Sub', [b, a]), graph.op('Unsqueeze', [part, graph.ints([3])])]),
      ])
    const top = mix(pixels(row.low, col.low), pixels(row.low, col.high), col.part)
    const bottom = mix(pixels(row.high, col.low), pixels(row.high, col.high), col.part)
    const valid = graph.op('Unsqueeze', [graph.op('And', [row.inside, col.inside]), graph.ints([3])])
    return tensorOf(graph.op('Where', [valid, mix(top, bottom, row.part), scalar(graph, outside)]))
  },
  note: 'bilinear',
}

/** Operators that resize images, by name. */
export const resizeOperators: Operators = {
  ResizeBilinear: resize('linear'),
  ResizeNearestNeighbor: resize('nearest'),
  CropAndResize: cropAndResize,
}
