import { asChannelsFirst } from '../../../graph/layout.ts'
import { reshape, slice, transpose } from '../../../graph/operators.ts'
import type { Dim } from '../../../graph/value.ts'
import { isStatic, tensorOf } from '../../topology/tensor.ts'
import type { Operation, OperatorDefinition, Operators } from '../operation.ts'

/** Moves blocks of channels to pixels. TF's channel order is ONNX's DCR. */
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

/** Reads block sizes and the padding or cropping of each axis; both must be known. */
function readBlocks(operation: Operation): { blocks: number[]; edges: number[][] } {
  const blocks = operation.numbers(1, 'block_shape')
  const flat = operation.numbers(2, 'paddings or crops')
  return { blocks, edges: blocks.map((_, i) => [flat[2 * i], flat[2 * i + 1]]) }
}

/** Moves the pixels at every block-th position into images of their own, in the batch. */
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

/** Inverse of spaceToBatch: interleaves images of the batch. */
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

/** Operators that move blocks of pixels to channels or images of their own, and back. */
export const blockOperators: Operators = {
  DepthToSpace: depthToSpace,
  SpaceToBatchND: spaceToBatch,
  BatchToSpaceND: batchToSpace,
}
