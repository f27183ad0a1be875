import { parameterCount } from '../../models/architecture.ts'
import type { Configuration } from '../step/configuration.ts'

/** What an image costs beside its parameters (converting it, sigmoids, losses), as so many parameters. */
const PER_IMAGE = 60_000
/**
 * Cost a second before a run has shown better: one core of a 2020s server CPU takes 8,500 images/s through the
 * two-layer MNIST VAE of 620,156 parameters.
 */
const RATE = 8_500 * (620_156 + PER_IMAGE)

/**
 * How much computing an epoch is, in parameters × images, so that runs compare.
 *
 * @param images trained on an epoch
 */
export function epochCost({ architecture, objective }: Configuration, images: number): number {
  return (parameterCount(architecture) + PER_IMAGE) * images * objective.samples
}

/** Work done: its cost, and the seconds it took one worker. */
export interface Work {
  cost: number
  seconds: number
}

/** Cost a worker does in a second, judged by work done on this machine; by the rule of thumb where there is none. */
export function costRate(done: Work[]): number {
  const cost = done.reduce((sum, work) => sum + work.cost, 0)
  const seconds = done.reduce((sum, work) => sum + work.seconds, 0)
  return cost > 0 && seconds > 0 ? cost / seconds : RATE
}

/** Seconds until `workers` have done runs of these costs, each run on one worker, in this order. */
export function secondsLeft(costs: number[], workers: number, rate: number): number {
  const busy = Array<number>(Math.max(1, workers)).fill(0)
  for (const cost of costs) {
    const next = busy.indexOf(Math.min(...busy))
    busy[next] += cost / rate
  }
  return Math.max(...busy)
}
