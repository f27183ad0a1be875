import { slice, squeeze } from '../../../graph/operators.ts'
import type { Dim } from '../../../graph/value.ts'
import { type Tensor, tensorOf } from '../../topology/tensor.ts'
import type { Operation, OperatorDefinition, Operators } from '../operation.ts'

/** The spectrum of real signals along the last axis: frequencies 0 to n / 2. */
const rfft: OperatorDefinition = {
  convert: operation => {
    const { graph } = operation
    if (graph.opset < 17) return operation.fail('needs operator set 17 or more')
    const x = operation.input(0)
    const [length] = operation.numbers(1, 'fft_length')
    const rank = x.dims.length
    const signal = fitted(operation, x, length)
    const columns = graph.op('Unsqueeze', [signal, graph.ints([rank])])
    const dims: Dim[] = [...x.dims.slice(0, -1), Math.floor(length / 2) + 1]
    const spectrum = graph.op(
      'DFT',
      [columns, ...(graph.opset >= 20 ? [null, graph.ints([rank - 1], [])] : [])],
      { onesided: { int: 1 }, ...(graph.opset < 20 && { axis: { int: rank - 1 } }) },
      { type: 'float', dims: [...dims, 2] },
    )
    const part = (i: number) => tensorOf(squeeze(graph, slice(graph, spectrum, rank, i, i + 1), rank))
    const [re, im] = [part(0), part(1)]
    return { dtype: 'complex64', dims, complex: { re, im }, value: re.value }
  },
}

/** Truncates or zero-pads signals to the length of the transform. */
function fitted({ graph, fail }: Operation, x: Tensor, length: number) {
  const size = x.dims.at(-1)
  if (typeof size !== 'number') return fail('needs signals of known length')
  const axis = x.dims.length - 1
  if (size > length) return slice(graph, x.value, axis, 0, length)
  if (size === length) return x.value
  const after = x.dims.map((_, i) => (i === axis ? length - size : 0))
  return graph.op('Pad', [x.value, graph.ints([...x.dims.map(() => 0), ...after])], {
    mode: { string: 'constant' },
  })
}

function part(operation: Operation): { re: Tensor; im: Tensor } {
  return operation.input(0).complex ?? operation.fail('expected complex numbers')
}

const absolute: OperatorDefinition = {
  convert: operation => {
    const { graph } = operation
    const { re, im } = part(operation)
    const square = (x: Tensor) => graph.op('Mul', [x.value, x.value])
    return tensorOf(graph.op('Sqrt', [graph.op('Add', [square(re), square(im)])]))
  },
}

/** The Fourier transform of real signals, and the operators that read complex numbers, by name. */
export const spectralOperators: Operators = {
  RFFT: rfft,
  ComplexAbs: absolute,
  Real: { convert: operation => part(operation).re },
  Imag: { convert: operation => part(operation).im },
}
