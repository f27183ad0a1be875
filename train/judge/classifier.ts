import type { ClassifierArchitecture } from '../../models/judge-card.ts'
import { createRng, normals } from '../../models/random.ts'
import { conv2d } from '../step/expressions/convolution.ts'
import * as e from '../step/expressions/expression.ts'
import type { ParameterShape, Parameters } from '../step/parameters.ts'

/** The outputs of a classifier for a batch of images. */
export interface ClassifierOutputs {
  /** The last hidden layer after its ReLU, [batch, features]: what the Fréchet distance is measured in. */
  features: e.Expression
  /** [batch, classes]. */
  logits: e.Expression
}

/** A layer's kernel: of a convolution [filters, channels, rows, columns], of a dense layer [inputs, units]. */
interface Layer {
  name: string
  kernel: number[]
  units: number
}

/** Every layer in order: convolutions, the dense layer of features, the dense layer of logits. */
function layers({ height, width, convolutions, features, classes }: ClassifierArchitecture): Layer[] {
  let channels = 1
  let [rows, columns] = [height, width]
  const result: Layer[] = []
  convolutions.forEach(({ filters, kernel, stride }, i) => {
    result.push({ name: `convolution_${i + 1}`, kernel: [filters, channels, kernel, kernel], units: filters })
    channels = filters
    rows = outputSize(rows, kernel, stride)
    columns = outputSize(columns, kernel, stride)
  })
  const flat = rows * columns * channels
  return [
    ...result,
    { name: 'features', kernel: [flat, features], units: features },
    { name: 'logits', kernel: [features, classes], units: classes },
  ]
}

/** Kernels have odd sizes and are padded by half of it, so that stride 1 keeps the size and stride 2 halves it. */
function outputSize(size: number, kernel: number, stride: number): number {
  return Math.floor((size + 2 * padding(kernel) - kernel) / stride) + 1
}

function padding(kernel: number): number {
  return (kernel - 1) / 2
}

/** Every trained tensor of a classifier, kernel before bias. */
export function classifierShapes(architecture: ClassifierArchitecture): ParameterShape[] {
  return layers(architecture).flatMap(({ name, kernel, units }) => [
    { name: `${name}/kernel`, shape: kernel },
    { name: `${name}/bias`, shape: [units] },
  ])
}

/**
 * Initial parameters: kernels normal with variance 2/inputs of one output (He et al. 2015), biases 0.
 *
 * @param seed an integer in [0, 2³²); each tensor has a stream of its own
 */
export function initialClassifier(architecture: ClassifierArchitecture, seed: number): Parameters {
  return Object.fromEntries(
    layers(architecture).flatMap(({ name, kernel, units }) => {
      const size = kernel.reduce((a, b) => a * b)
      const deviation = Math.sqrt((2 * units) / size)
      const drawn = normals(createRng(seed, 'initial', name), new Float32Array(size))
      return [
        [`${name}/kernel`, drawn.map(value => value * deviation)],
        [`${name}/bias`, new Float32Array(units)],
      ] as const
    }),
  )
}

/**
 * The classifier as expressions: strided convolutions and a dense layer with ReLU after each, then logits.
 *
 * @param parameters leaves of the tensors of `classifierShapes`, by name
 * @param x images in [0, 1], [batch, height · width]
 */
export function symbolicClassifier(
  architecture: ClassifierArchitecture,
  parameters: Readonly<Record<string, e.Expression>>,
  x: e.Expression,
): ClassifierOutputs {
  const { height, width, convolutions } = architecture
  const of = (name: string) => ({ kernel: parameters[`${name}/kernel`], bias: parameters[`${name}/bias`] })
  let h = e.reshape(x, ['batch', 1, height, width])
  convolutions.forEach(({ kernel, stride }, i) => {
    const { kernel: weights, bias } = of(`convolution_${i + 1}`)
    h = e.relu(conv2d(h, weights, { stride, padding: padding(kernel), bias }))
  })
  const dense = of('features')
  const last = of('logits')
  const flat = e.reshape(h, ['batch', Number(dense.kernel.shape[0])])
  const features = e.relu(e.gemm(flat, dense.kernel, { bias: dense.bias }))
  return { features, logits: e.gemm(features, last.kernel, { bias: last.bias }) }
}
