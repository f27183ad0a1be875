import { asChannelsFirst } from '../../graph/layout.ts'
import { cast, concat, reshape, scalar, slice, transpose } from '../../graph/operators.ts'
import type { Dim, Value } from '../../graph/value.ts'
import { asInt64, isStatic, knownNumbers, type Tensor, tensorOf } from '../tensor.ts'
import type { Operation, OperatorDefinition, Operators } from './operation.ts'
import { lastOf, toChannelsFirst } from './shape.ts'

/** Pixels of another size, at TF's sampling points. */
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
      // TF.js rounds the sampling point half up where corners align, and takes the pixel it lies in otherwise.
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

/** Blocks of channels become pixels. TF's order of the channels is ONNX's DCR. */
const depthToSpace: OperatorDefinition = {
  convert: operation => {
    const { graph, attributes } = operation
    const block = attributes.number('block_size')
    if (attributes.string('data_format', 'NHWC') !== 'NHWC')
      return operation.fail('expected data_format NHWC')
    const x = operation.input(0)
    const y = asChannelsFirst(graph, x.value, 'channelsLast', image => {
      const [n, c, h, w] = image.dims
      if (typeof c !== 'number' || c % (block * block) !== 0)
        operation.fail(`cannot turn ${c} channels into blocks of ${block}`)
      const grown = (dim: Dim, axis: number): Dim =>
        typeof dim === 'number' ? dim * block : operation.dim(axis)
      const dims: Dim[] = [n, (c as number) / (block * block), grown(h, 1), grown(w, 2)]
      return graph.op(
        'DepthToSpace',
        [image],
        { blocksize: { int: block }, mode: { string: 'DCR' } },
        { type: image.type, dims },
      )
    })
    return tensorOf(y)
  },
}

/** Paddings [before, after] of each axis, which must be known. */
function readPaddings(operation: Operation, x: Tensor): [number, number][] {
  const all = operation.numbers(1, 'paddings')
  if (all.length !== 2 * x.dims.length || all.some(n => n < 0)) {
    operation.fail(`expected ${2 * x.dims.length} paddings from 0 on, got [${all}]`)
  }
  return x.dims.map((_, axis) => [all[2 * axis], all[2 * axis + 1]])
}

function pad(operation: Operation, mode: 'constant' | 'reflect', fill: Value | undefined): Tensor {
  const { graph } = operation
  const x = operation.input(0)
  if (!operation.input(1).elements?.every(n => typeof n === 'number'))
    return padDynamic(operation, mode, fill)
  const paddings = readPaddings(operation, x)
  if (paddings.every(([before, after]) => before + after === 0)) return x
  const rank = x.dims.length
  const first = rank >= 3 ? graph.layouts.get(x.value.name) : undefined
  const order = x.dims.map((_, axis) => axis)
  const own = first ? order.toSorted((a, b) => toChannelsFirst(a, rank) - toChannelsFirst(b, rank)) : order
  const pads = graph.ints([...own.map(axis => paddings[axis][0]), ...own.map(axis => paddings[axis][1])])
  const inputs = [first ?? x.value, pads, ...(fill ? [fill] : [])]
  const made = graph.op('Pad', inputs, { mode: { string: mode } })
  return tensorOf(first ? lastOf(graph, made) : made)
}

/** By paddings that only running tells: [rank, 2] becomes ONNX's [before…, after…]. */
function padDynamic(operation: Operation, mode: 'constant' | 'reflect', fill: Value | undefined): Tensor {
  const { graph } = operation
  const [x, paddings] = [operation.input(0), operation.input(1)]
  const rank = x.dims.length
  const turned = transpose(graph, asInt64(graph, paddings), [1, 0])
  const pads = graph.op('Reshape', [turned, graph.ints([-1])], {}, { type: 'int64', dims: [2 * rank] })
  const dims = x.dims.map((dim, axis): Dim => {
    const [before, after] = [paddings.elements?.[2 * axis], paddings.elements?.[2 * axis + 1]]
    if (before === 0 && after === 0) return dim
    const known = typeof before === 'number' && typeof after === 'number' && typeof dim === 'number'
    return known ? dim + before + after : operation.dim(axis)
  })
  const inputs = [x.value, pads, ...(fill ? [fill] : [])]
  return tensorOf(graph.op('Pad', inputs, { mode: { string: mode } }, { type: x.value.type, dims }))
}

const padOperator: OperatorDefinition = {
  convert: operation => {
    const x = operation.input(0)
    return pad(operation, 'constant', x.dtype === 'float32' ? undefined : zeroLike(operation, x))
  },
}

const zeroLike = ({ graph }: Operation, x: Tensor): Value =>
  cast(graph, scalar(graph, 0), x.dtype === 'bool' ? 'bool' : 'int32')

/** Mirrored at the edge: REFLECT leaves the edge itself out, SYMMETRIC repeats it. */
const mirrorPad: OperatorDefinition = {
  convert: operation => {
    const { graph, attributes } = operation
    const mode = attributes.string('mode')
    if (mode === 'REFLECT') return pad(operation, 'reflect', undefined)
    if (mode !== 'SYMMETRIC') return operation.fail(`expected mode REFLECT or SYMMETRIC, got ${mode}`)
    let y = operation.input(0)
    for (const [axis, [before, after]] of readPaddings(operation, y).entries()) {
      if (before + after === 0) continue
      const size = y.dims[axis]
      if (typeof size !== 'number') return operation.fail(`the size of axis ${axis} is not known`)
      const indices = Array.from({ length: before + size + after }, (_, i) => {
        const at = i - before
        return at < 0 ? -at - 1 : at >= size ? 2 * size - 1 - at : at
      })
      y = tensorOf(graph.op('Gather', [y.value, graph.ints(indices)], { axis: { int: axis } }))
    }
    return y
  },
}

/** Block sizes and, for each, what is padded or cropped; both must be known. */
function readBlocks(operation: Operation): { blocks: number[]; edges: number[][] } {
  const blocks = operation.numbers(1, 'block_shape')
  const flat = operation.numbers(2, 'paddings or crops')
  return { blocks, edges: blocks.map((_, i) => [flat[2 * i], flat[2 * i + 1]]) }
}

/** Pixels at every block-th place become images of their own, in the batch. */
const spaceToBatch: OperatorDefinition = {
  convert: operation => {
    const { graph } = operation
    const { blocks, edges } = readBlocks(operation)
    const x = operation.input(0)
    const before = x.dims.map((_, axis) => edges[axis - 1]?.[0] ?? 0)
    const after = x.dims.map((_, axis) => edges[axis - 1]?.[1] ?? 0)
    const padded = graph.op('Pad', [x.value, graph.ints([...before, ...after])], {
      mode: { string: 'constant' },
    })
    const sizes = padded.dims.slice(1)
    if (!isStatic(sizes)) return operation.fail('needs inputs of known size')
    const [batch] = padded.dims
    const cut = blocks.flatMap((block, i) => {
      if (sizes[i] % block !== 0) operation.fail(`cannot divide ${sizes[i]} into blocks of ${block}`)
      return [sizes[i] / block, block]
    })
    const rest = sizes.slice(blocks.length)
    const open = typeof batch === 'string'
    const divided = reshape(graph, padded, [open ? 0 : batch, ...cut, ...rest])
    const inner = blocks.map((_, i) => 2 * i + 2)
    const outer = blocks.map((_, i) => 2 * i + 1)
    const others = rest.map((_, i) => 2 * blocks.length + 1 + i)
    const turned = transpose(graph, divided, [...inner, 0, ...outer, ...others])
    const dims: Dim[] = [
      open ? operation.dim(0) : batch * blocks.reduce((a, b) => a * b, 1),
      ...blocks.map((block, i) => sizes[i] / block),
      ...rest,
    ]
    return tensorOf(
      graph.op(
        'Reshape',
        [turned, graph.ints([-1, ...(dims.slice(1) as number[])])],
        {},
        { type: x.value.type, dims },
      ),
    )
  },
}

/** The opposite: images of the batch become the pixels between those of others. */
const batchToSpace: OperatorDefinition = {
  convert: operation => {
    const { graph } = operation
    const { blocks, edges } = readBlocks(operation)
    const x = operation.input(0)
    const sizes = x.dims.slice(1)
    if (!isStatic(sizes)) return operation.fail('needs inputs of known size')
    const [batch] = x.dims
    const count = blocks.reduce((a, b) => a * b, 1)
    if (typeof batch === 'number' && batch % count !== 0)
      return operation.fail(`cannot divide a batch of ${batch} by ${count}`)
    const own: Dim = typeof batch === 'number' ? batch / count : operation.dim(0)
    const made = { type: x.value.type, dims: [...blocks, own, ...sizes] }
    const divided = graph.op('Reshape', [x.value, graph.ints([...blocks, -1, ...sizes])], {}, made)
    const m = blocks.length
    const pairs = blocks.flatMap((_, i) => [m + 1 + i, i])
    const rest = sizes.slice(m).map((_, i) => 2 * m + 1 + i)
    const turned = transpose(graph, divided, [m, ...pairs, ...rest])
    const grown = [...blocks.map((block, i) => sizes[i] * block), ...sizes.slice(m)]
    const joined = graph.op(
      'Reshape',
      [turned, graph.ints([-1, ...grown])],
      {},
      { type: x.value.type, dims: [own, ...grown] },
    )
    return tensorOf(
      edges.reduce((y, [before, after], i) => {
        if (before + after === 0) return y
        return slice(graph, y, i + 1, before, grown[i] - after)
      }, joined),
    )
  },
}

/** Crops of images, scaled to one size by interpolation between pixels; places outside get a fixed number. */
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

export const imageOperators: Operators = {
  ResizeBilinear: resize('linear'),
  ResizeNearestNeighbor: resize('nearest'),
  DepthToSpace: depthToSpace,
  Pad: padOperator,
  PadV2: {
    convert: operation => pad(operation, 'constant', operation.input(2).value),
  },
  MirrorPad: mirrorPad,
  SpaceToBatchND: spaceToBatch,
  BatchToSpaceND: batchToSpace,
  CropAndResize: cropAndResize,
}
