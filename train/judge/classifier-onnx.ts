import { bytesOf } from '../../models/files/bytes.ts'
import type { ClassifierArchitecture } from '../../models/judge-card.ts'
import { DATA_TYPE, encodeModel } from '../../models/onnx/encode-model.ts'
import { emit } from '../step/expressions/emit.ts'
import * as e from '../step/expressions/expression.ts'
import type { Parameters } from '../step/parameters.ts'
import { classifierShapes, symbolicClassifier } from './classifier.ts'

/**
 * A trained classifier as an ONNX model: `x` [batch, height · width] → `features`, `logits`. Weights are float16 behind
 * a Cast, arithmetic is float32.
 */
export function classifierModel(architecture: ClassifierArchitecture, parameters: Parameters): Uint8Array {
  const shapes = classifierShapes(architecture)
  const leaves = Object.fromEntries(shapes.map(({ name, shape }) => [name, e.leaf(name, shape)]))
  const x = e.leaf('x', ['batch', architecture.height * architecture.width])
  const { features, logits } = symbolicClassifier(architecture, leaves, x)
  const outputs = { features, logits }
  const { nodes, initializers, inputs } = emit(outputs)
  return encodeModel({
    name: 'classifier',
    inputs: inputs.filter(({ name }) => name === 'x'),
    outputs: Object.entries(outputs).map(([name, { shape }]) => ({ name, type: 'float', dims: shape })),
    initializers: [
      ...initializers,
      ...shapes.map(({ name, shape }) => ({
        name: `${name}/fp16`,
        type: 'float16' as const,
        dims: shape,
        data: bytesOf(new Float16Array(parameters[name])),
      })),
    ],
    nodes: [
      ...shapes.map(({ name }) => ({
        op: 'Cast',
        inputs: [`${name}/fp16`],
        outputs: [name],
        attributes: { to: { int: DATA_TYPE.float } },
      })),
      ...nodes,
    ],
  })
}
