import { createRng, normals, shuffle } from '../../models/random.ts'
import { adamScalars } from './adam.ts'
import { augment } from './augment.ts'
import { binarize } from './binarize.ts'
import type { Configuration } from './configuration.ts'
import type { Steps } from './engine.ts'
import { classRows, type ImageShape, type Images, pickPixels } from './images.ts'
import { betaFactor, rateFactor } from './schedule.ts'

/** Steps of an epoch over `images` images; the last may be of a smaller batch. */
export function stepsPerEpoch(images: number, batch: number): number {
  return Math.ceil(images / batch)
}

/**
 * One epoch's steps, in runs of steps of one batch size: the images in an order shuffled for this epoch, moved or
 * binarised at random where the configuration says so, their classes, and the noise drawn for them. Each has a random
 * stream of (seed, epoch), so an epoch can be replayed without those before it. The division into runs changes nothing.
 *
 * @param indices which of `images` to train on
 * @param epoch from 0
 * @param atMost called before each run: the most steps that it may have
 */
export function* epochRuns(
  { architecture, objective, optimization, data, seed }: Configuration,
  images: Images & ImageShape,
  indices: Uint32Array,
  epoch: number,
  atMost: () => number,
): Generator<Steps> {
  const { latentDim, kind, classes } = architecture
  const { batch } = optimization
  const order = shuffle(createRng(seed, 'order', epoch), indices.slice())
  const noise = createRng(seed, 'eps', epoch)
  const moves = createRng(seed, 'augment', epoch)
  const bits = createRng(seed, 'binarize', epoch)
  const perEpoch = stepsPerEpoch(order.length, batch)
  const whole = Math.floor(order.length / batch)
  for (let step = 0; step < perEpoch; ) {
    const size = step < whole ? batch : order.length - whole * batch
    const count = step < whole ? Math.min(atMost(), whole - step) : 1
    const chosen = order.subarray(step * batch, step * batch + count * size)
    const grey = pickPixels(images, chosen)
    const moved = data.augmentation ? augment(grey, images, data.augmentation, moves) : grey
    const drawn = count * objective.samples * size * latentDim
    yield {
      count,
      batch: size,
      pixels: data.binarized ? binarize(moved, bits) : moved,
      y: classes ? classRows(images, chosen, classes) : null,
      eps: kind === 'vae' ? normals(noise, new Float32Array(drawn)) : null,
      ...scalars(optimization, objective.beta, epoch * perEpoch + step, count, perEpoch),
    }
    step += count
  }
}

/** The per-step scalars of `count` steps from step `first` of the whole training. */
function scalars(
  optimization: Configuration['optimization'],
  peakBeta: number,
  first: number,
  count: number,
  perEpoch: number,
): Pick<Steps, 'beta' | 'rate' | 'epsilon'> {
  const { epochs, learningRate, schedule, warmup, betaWarmup } = optimization
  const steps = Array.from({ length: count }, (_, i) => first + i)
  const adam = steps.map(step =>
    adamScalars(learningRate * rateFactor(schedule, step, epochs * perEpoch, warmup * perEpoch), step + 1),
  )
  return {
    beta: Float32Array.from(steps, step => peakBeta * betaFactor(step, betaWarmup * perEpoch)),
    rate: Float32Array.from(adam, a => a.rate),
    epsilon: Float32Array.from(adam, a => a.epsilon),
  }
}
