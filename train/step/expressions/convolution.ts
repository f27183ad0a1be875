import { type Dim, type Expression, fill, integers, node, sum } from './expression.ts'

/** Square stride and zero padding of a convolution. */
export interface ConvolutionOptions {
  stride: number
  /** Zeros on each side of both spatial axes. */
  padding: number
  /** One number a filter, [filters]. */
  bias?: Expression
}

/**
 * A 2-D convolution (cross-correlation, as ONNX and TF define it), differentiable in every operand.
 *
 * The gradient of the input is the transposed convolution. That of the kernel is a convolution of the input with the
 * output's gradient, with the batch as the summed axis: over a batch, kernel[m, c, i, j] meets x[c, s·p + i, s·q + j] for
 * each output position (p, q), so the output's gradient acts as a kernel dilated by the stride s.
 *
 * @param x [batch, channels, height, width]; all but the batch known
 * @param kernel [filters, channels, rows, columns]
 * @returns [batch, filters, ⌊(height + 2·padding − rows)/stride⌋ + 1, likewise for the width]
 * @throws RangeError when the channels differ or the kernel does not fit
 */
export function conv2d(x: Expression, kernel: Expression, options: ConvolutionOptions): Expression {
  const { stride, padding, bias } = options
  const [batch, channels, height, width] = x.shape
  const [filters, kernelChannels, rows, columns] = sizes(kernel.shape)
  if (channels !== kernelChannels) {
    throw new RangeError(`conv2d: expected a kernel of ${channels} channels, got ${kernelChannels}`)
  }
  const spatial = sizes([height, width])
  const window = [rows, columns]
  const output = spatial.map((size, i) => Math.floor((size + 2 * padding - window[i]) / stride) + 1)
  if (output.some(size => size < 1)) {
    throw new RangeError(`conv2d: expected a kernel within ${spatial.join('×')}, got ${window.join('×')}`)
  }
  /** Rows and columns at the end that no window reaches. */
  const unread = spatial.map((size, i) => size + 2 * padding - window[i] - (output[i] - 1) * stride)
  const y: Expression = node('Conv', bias ? [x, kernel, bias] : [x, kernel], [batch, filters, ...output], {
    attributes: { strides: { ints: [stride, stride] }, pads: { ints: Array(4).fill(padding) } },
    pullback: scalarOrFull => {
      const g = fill(scalarOrFull, y)
      return [
        node('ConvTranspose', [g, kernel], x.shape, {
          attributes: {
            strides: { ints: [stride, stride] },
            pads: { ints: Array(4).fill(padding) },
            output_padding: { ints: unread },
          },
        }),
        kernelGradient(x, g, kernel, { stride, padding, unread }),
        ...(bias ? [sum(g, [0, 2, 3])] : []),
      ]
    },
  })
  return y
}

function kernelGradient(
  x: Expression,
  g: Expression,
  kernel: Expression,
  { stride, padding, unread }: { stride: number; padding: number; unread: number[] },
): Expression {
  const [filters, channels, rows, columns] = kernel.shape
  const full = [channels, filters, Number(rows) + unread[0], Number(columns) + unread[1]]
  const correlated = node('Conv', [swapFirstAxes(x), swapFirstAxes(g)], full, {
    attributes: { dilations: { ints: [stride, stride] }, pads: { ints: Array(4).fill(padding) } },
  })
  const read = unread.some(size => size > 0)
    ? node(
        'Slice',
        [correlated, integers([0, 0]), integers([Number(rows), Number(columns)]), integers([2, 3])],
        [channels, filters, rows, columns],
        {},
      )
    : correlated
  return swapFirstAxes(read)
}

function swapFirstAxes(a: Expression): Expression {
  const [first, second, ...rest] = a.shape
  return node('Transpose', [a], [second, first, ...rest], { attributes: { perm: { ints: [1, 0, 2, 3] } } })
}

function sizes(shape: readonly Dim[]): number[] {
  return shape.map(size => {
    if (typeof size === 'number') return size
    throw new RangeError(`conv2d: expected known sizes, got ${size}`)
  })
}
