import { parameterCount } from '../../../models/architecture.ts'
import type { Configuration } from '../../step/configuration.ts'

/** The part of an image's cost that does not depend on parameters (conversion, sigmoids, losses), in parameters. */
const PER_IMAGE = 60_000
/**
 * Cost per second assumed before any run has been measured: one core of a 2020s server CPU takes 8,500 images/s through
 * the two-layer MNIST VAE of 620,156 parameters.
 */
const RATE = 8_500 * (620_156 + PER_IMAGE)

/** The computing cost of training on one image, in parameters. */
export function imageCost({
  architecture,
  objective,
}: Pick<Configuration, 'architecture' | 'objective'>): number {
  return (parameterCount(architecture) + PER_IMAGE) * objective.samples
}

/**
 * The computing cost of an epoch, in parameters × images.
 *
 * @param images number of training images
 */
export function epochCost(configuration: Configuration, images: number): number {
  return imageCost(configuration) * images
}

/** Finished work: its cost, and the seconds that one worker took. */
export interface Work {
  cost: number
  seconds: number
}

/** Cost per second of one worker, measured from finished work on this machine; an assumed value if there is none. */
export function costRate(done: Work[]): number {
  const cost = done.reduce((sum, work) => sum + work.cost, 0)
  const seconds = done.reduce((sum, work) => sum + work.seconds, 0)
  return cost > 0 && seconds > 0 ? cost / seconds : RATE
}

/** Seconds that `workers` parallel workers need for runs of these costs, started in this order. */
export function secondsLeft(costs: number[], workers: number, rate: number): number {
  const busy = Array<number>(Math.max(1, workers)).fill(0)
  for (const cost of costs) {
    const next = busy.indexOf(Math.min(...busy))
    busy[next] += cost / rate
  }
  return Math.max(...busy)
}
