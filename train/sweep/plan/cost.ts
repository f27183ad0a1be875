import { parameterCount } from '../../../models/architecture.ts'
import type { Configuration } from '../../step/configuration.ts'

/** Cost of an image that does not depend on parameters (conversion, sigmoids, losses), in parameters. */
const PER_IMAGE = 60_000
/**
 * Cost a second before a run has shown better: one core of a 2020s server CPU takes 8,500 images/s through the
 * two-layer MNIST VAE of 620,156 parameters.
 */
const RATE = 8_500 * (620_156 + PER_IMAGE)

/**
 * The computing cost of an epoch, in parameters × images.
 *
 * @param images trained on an epoch
 */
export function epochCost({ architecture, objective }: Configuration, images: number): number {
  return (parameterCount(architecture) + PER_IMAGE) * images * objective.samples
}

/** The cost of finished work and the seconds it took one worker. */
export interface Work {
  cost: number
  seconds: number
}

/** Cost per second of one worker, from work done on this machine; a typical value without any. */
export function costRate(done: Work[]): number {
  const cost = done.reduce((sum, work) => sum + work.cost, 0)
  const seconds = done.reduce((sum, work) => sum + work.seconds, 0)
  return cost > 0 && seconds > 0 ? cost / seconds : RATE
}

/** Seconds that `workers` need for runs of these costs, started in this order, each on one worker. */
export function secondsLeft(costs: number[], workers: number, rate: number): number {
  const busy = Array<number>(Math.max(1, workers)).fill(0)
  for (const cost of costs) {
    const next = busy.indexOf(Math.min(...busy))
    busy[next] += cost / rate
  }
  return Math.max(...busy)
}
