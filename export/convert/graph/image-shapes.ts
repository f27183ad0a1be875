import { fail } from './conversion-error.ts'
import { type Attributes, type Inferred, int, ints, numbers, type Rule } from './shape-rule.ts'
import type { Dim, Value } from './value.ts'

/** The shape after a convolution or pooling: [n, c, …space] to [n, `channels`, …space']. */
function windows(
  x: Value,
  kernel: readonly number[],
  channels: Dim,
  attributes: Attributes,
  name: string,
): Inferred[] {
  const rank = kernel.length
  const strides = ints(attributes, 'strides') ?? kernel.map(() => 1)
  const dilations = ints(attributes, 'dilations') ?? kernel.map(() => 1)
  const pads = ints(attributes, 'pads') ?? Array<number>(2 * rank).fill(0)
  const space = kernel.map((k, i): Dim => {
    const size = x.dims[i + 2]
    if (typeof size === 'string') return `${name}_${i + 2}`
    if ('auto_pad' in attributes) return Math.ceil(size / strides[i])
    const extent = dilations[i] * (k - 1) + 1
    const padded = size + pads[i] + pads[i + rank]
    if (extent > padded) fail(`a window of ${extent} does not fit into an input of ${padded}`)
    return Math.floor((padded - extent) / strides[i]) + 1
  })
  return [{ type: x.type, dims: [x.dims[0], channels, ...space] }]
}

const pool: Rule = ([x], attributes, [name]) =>
  windows(x!, ints(attributes, 'kernel_shape')!, x!.dims[1], attributes, name)

/** Operators on images and other grids, [n, channels, …space]. */
export const IMAGE_RULES: Record<string, Rule> = {
  Conv: ([x, w], attributes, [name]) =>
    windows(x!, w!.dims.slice(2) as number[], w!.dims[0], attributes, name),
  MaxPool: pool,
  AveragePool: pool,
  GlobalMaxPool: ([x]) => [{ type: x!.type, dims: x!.dims.map((d, i) => (i < 2 ? d : 1)) }],
  GlobalAveragePool: ([x]) => [{ type: x!.type, dims: x!.dims.map((d, i) => (i < 2 ? d : 1)) }],
  ConvTranspose: ([x, w], attributes, [name]) => {
    const strides = ints(attributes, 'strides')!
    const kernel = w!.dims.slice(2) as number[]
    const pads = ints(attributes, 'pads')!
    const extra = ints(attributes, 'output_padding') ?? kernel.map(() => 0)
    const space = kernel.map((k, i): Dim => {
      const size = x!.dims[i + 2]
      if (typeof size === 'string') return `${name}_${i + 2}`
      return (size - 1) * strides[i] + extra[i] + k - pads[i] - pads[i + kernel.length]
    })
    return [
      { type: x!.type, dims: [x!.dims[0], (w!.dims[1] as number) * int(attributes, 'group', 1), ...space] },
    ]
  },
  Resize: ([x, , scales], _, [name]) => {
    const factors = numbers(scales)!
    const dims = x!.dims.map((d, i) =>
      factors[i] === 1 ? d : typeof d === 'number' ? Math.floor(d * factors[i]) : `${name}_${i}`,
    )
    return [{ type: x!.type, dims }]
  },
}
