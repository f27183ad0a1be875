import * as ort from 'onnxruntime-node'
import type { ClassifierArchitecture } from '../../models/judge-card.ts'
import { encodeModel } from '../../models/onnx/encode-model.ts'
import { createRng, shuffle } from '../../models/random.ts'
import { adamScalars } from '../step/adam.ts'
import { type Augmentation, augment } from '../step/augment.ts'
import { crossEntropy } from '../step/expressions/cross-entropy.ts'
import { emit } from '../step/expressions/emit.ts'
import * as e from '../step/expressions/expression.ts'
import type { Images } from '../step/images.ts'
import { pickPixels } from '../step/images.ts'
import type { Parameters } from '../step/parameters.ts'
import { rateFactor } from '../step/schedule.ts'
import { adamStep, intensities, stateNames } from '../step/step-graph.ts'
import { classifierShapes, initialClassifier, symbolicClassifier } from './classifier.ts'

/** Options of training a classifier: Adam with a cosine schedule over shuffled batches, mean cross-entropy. */
export interface ClassifierTraining {
  epochs: number
  batch: number
  /** The peak. */
  learningRate: number
  /** Of initial weights, order and augmentation, an integer in [0, 2³²). */
  seed: number
  augmentation: Augmentation
}

/** After each epoch: its number from 1, and its mean loss in nats per image. */
export type EpochListener = (epoch: number, loss: number) => void

/**
 * Trains a classifier in onnxruntime-node, one thread, so that a seed gives the same weights on one kind of processor.
 *
 * @param indices which labelled images to train on
 * @throws Error when the loss is no longer finite
 */
export async function fitClassifier(
  architecture: ClassifierArchitecture,
  training: ClassifierTraining,
  images: Images & { labels: Uint8Array },
  indices: Uint32Array,
  onEpoch: EpochListener = () => {},
): Promise<Parameters> {
  const { epochs, batch, learningRate, seed, augmentation } = training
  const session = await ort.InferenceSession.create(stepGraph(architecture), {
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    extra: { session: { set_denormal_as_zero: '1' } },
  })
  let state = initialState(architecture, seed)
  const perEpoch = Math.ceil(indices.length / batch)
  for (let epoch = 0; epoch < epochs; epoch++) {
    const order = shuffle(createRng(seed, 'order', epoch), indices.slice())
    const moves = createRng(seed, 'augmentation', epoch)
    let total = 0
    for (let step = 0; step < perEpoch; step++) {
      const chosen = order.subarray(step * batch, (step + 1) * batch)
      const t = epoch * perEpoch + step
      const rate = learningRate * rateFactor('cosine', t, epochs * perEpoch)
      const pixels = augment(pickPixels(images, chosen), architecture, augmentation, moves)
      const labels = Uint8Array.from(chosen, image => images.labels[image])
      const results = await session.run({ ...state, ...feeds(architecture, pixels, labels, rate, t + 1) })
      total += (results.loss.data as Float32Array)[0] * chosen.length
      state = Object.fromEntries(Object.keys(state).map(name => [name, results[`${name}'`]]))
    }
    if (!Number.isFinite(total)) throw new Error(`epoch ${epoch + 1}: expected a finite loss, got ${total}`)
    onEpoch(epoch + 1, total / order.length)
  }
  await session.release()
  return Object.fromEntries(
    classifierShapes(architecture).map(({ name }) => [name, state[name].data as Float32Array]),
  )
}

type Tensors = Record<string, ort.Tensor>

/** The initial parameters and Adam's sums, zero. */
function initialState(architecture: ClassifierArchitecture, seed: number): Tensors {
  const parameters = initialClassifier(architecture, seed)
  return Object.fromEntries(
    classifierShapes(architecture).flatMap(({ name, shape }) => {
      const { value, first, second } = stateNames(name)
      const zeros = () => new Float32Array(parameters[name].length)
      return [
        [value, new ort.Tensor('float32', parameters[name], shape)],
        [first, new ort.Tensor('float32', zeros(), shape)],
        [second, new ort.Tensor('float32', zeros(), shape)],
      ] as const
    }),
  )
}

function feeds(
  { height, width, classes }: ClassifierArchitecture,
  pixels: Uint8Array,
  labels: Uint8Array,
  learningRate: number,
  t: number,
): Tensors {
  const batch = labels.length
  const y = new Float32Array(batch * classes)
  labels.forEach((label, row) => {
    y[row * classes + label] = 1
  })
  const { rate, epsilon } = adamScalars(learningRate, t)
  const scalar = (value: number) => new ort.Tensor('float32', [value], [])
  return {
    pixels: new ort.Tensor('uint8', pixels, [batch, height * width]),
    y: new ort.Tensor('float32', y, [batch, classes]),
    perImage: scalar(1 / batch),
    rate: scalar(rate),
    epsilon: scalar(epsilon),
  }
}

/** One training step: forward, backward, Adam. */
function stepGraph(architecture: ClassifierArchitecture): Uint8Array {
  const { height, width, classes } = architecture
  const parameters = Object.fromEntries(
    classifierShapes(architecture).map(({ name, shape }) => [name, e.leaf(name, shape)]),
  )
  const x = intensities(e.leaf('pixels', ['batch', height * width], 'uint8'))
  const { logits } = symbolicClassifier(architecture, parameters, x)
  const each = crossEntropy(logits, e.leaf('y', ['batch', classes]))
  const loss = e.mul(e.sum(each), e.leaf('perImage', []))
  const scalars = { rate: e.leaf('rate', []), epsilon: e.leaf('epsilon', []) }
  const outputs = { ...adamStep(loss, parameters, scalars), loss }
  return encodeModel({
    name: 'step',
    ...emit(outputs),
    outputs: Object.entries(outputs).map(([name, { shape }]) => ({ name, type: 'float', dims: shape })),
  })
}
