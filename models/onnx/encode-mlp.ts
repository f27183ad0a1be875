import { encodeModel, floatTensor, type Node, type Tensor, type Value } from './encode-model.ts'
import type { Mlp } from './plain-runtime.ts'

const ACTIVATIONS: Readonly<Record<string, string>> = { relu: 'Relu', sigmoid: 'Sigmoid' }

/**
 * Writes a fully connected network as an ONNX file, with the given names of its inputs and outputs. Weights are
 * float32.
 *
 * @param inputs one name for each of the network's inputs
 * @param outputs one name for each of its outputs
 */
export function encodeMlp(mlp: Mlp, inputs: readonly string[], outputs: readonly string[]): Uint8Array {
  const nodes: Node[] = []
  const initializers: Tensor[] = []
  let joined = inputs[0]
  if (inputs.length > 1) {
    joined = 'joined'
    nodes.push({ op: 'Concat', inputs: [...inputs], outputs: [joined], attributes: { axis: { int: 1 } } })
  }
  // An output is named by the caller, other values by their number.
  const nameOf = (value: number) => {
    const output = mlp.outputs.findIndex(each => each.value === value)
    if (output >= 0) return outputs[output]
    return value === 0 ? joined : `layer${value}`
  }
  for (const [i, { inputs: rows, units, weights, bias, activation, from }] of mlp.layers.entries()) {
    const [kernel, offset] = [`layer${i + 1}/kernel`, `layer${i + 1}/bias`]
    initializers.push(floatTensor(kernel, [rows, units], weights), floatTensor(offset, [units], bias))
    const end = nameOf(i + 1)
    const after = ACTIVATIONS[activation]
    const product = after ? `layer${i + 1}/product` : end
    nodes.push({ op: 'Gemm', inputs: [nameOf(from), kernel, offset], outputs: [product] })
    if (after) nodes.push({ op: after, inputs: [product], outputs: [end] })
  }
  const value = (name: string, features: number): Value => ({
    name,
    type: 'float',
    dims: ['batch', features],
  })
  return encodeModel({
    name: 'mlp',
    nodes,
    initializers,
    inputs: inputs.map((name, i) => value(name, mlp.inputs[i].features)),
    outputs: outputs.map((name, i) => value(name, mlp.layers[mlp.outputs[i].value - 1].units)),
  })
}
