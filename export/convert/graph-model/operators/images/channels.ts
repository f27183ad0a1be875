import { knownNumbers, type Tensor } from '../../topology/tensor.ts'
import { broadcasted, type OperatorDefinition, type Operators } from '../operation.ts'
import { readFormat } from './image-window.ts'

const biasAdd: OperatorDefinition = {
  convert: operation => {
    const [x, bias] = [operation.input(0), operation.input(1)]
    if (readFormat(operation) !== 'channelsLast' && x.dims.length > 2) {
      operation.fail('expected data_format NHWC: TF.js has no other')
    }
    return broadcasted(operation.graph, [x, bias], (a, b) => operation.graph.op('Add', [a, b]))
  },
}

/** (x − mean) · scale / √(variance + epsilon) + offset for each channel, as one factor and one shift. */
const fusedBatchNorm: OperatorDefinition = {
  convert: operation => {
    const { graph, attributes } = operation
    const [x, ...parameters] = [0, 1, 2, 3, 4].map(place => operation.input(place))
    if (attributes.bool('is_training', false))
      operation.fail('is_training: statistics of the batch are not supported')
    if (readFormat(operation) !== 'channelsLast')
      operation.fail('expected data_format NHWC: TF.js has no other')
    const epsilon = attributes.number('epsilon', 1e-4)
    const numbers = parameters.map(knownNumbers)
    if (numbers.some(list => list === undefined))
      operation.fail('scale, offset, mean and variance must be constants')
    const [scale, offset, mean, variance] = numbers as number[][]
    const factor = scale.map((s, i) => s / Math.sqrt(variance[i] + epsilon))
    const shift = offset.map((o, i) => o - mean[i] * factor[i])
    const vector = (name: string, values: number[]): Tensor => ({
      dtype: 'float32',
      dims: [values.length],
      weight: { name: `${operation.name}/${name}`, dims: [values.length], values },
      value: graph.exact(`${operation.name}/${name}`, [values.length], values),
    })
    const scaled = broadcasted(graph, [x, vector('factor', factor)], (a, b) => graph.op('Mul', [a, b]))
    return broadcasted(graph, [scaled, vector('shift', shift)], (a, b) => graph.op('Add', [a, b]))
  },
  note: 'the first output, in inference',
}

/** Operators that shift and scale channels. */
export const channelOperators: Operators = {
  BiasAdd: biasAdd,
  FusedBatchNorm: fusedBatchNorm,
  FusedBatchNormV2: fusedBatchNorm,
  FusedBatchNormV3: fusedBatchNorm,
}
