/** The schedules of the learning rate over training. */
export const SCHEDULES = ['constant', 'cosine', 'one-cycle'] as const

/** The name of a schedule of the learning rate. */
export type Schedule = (typeof SCHEDULES)[number]

/** The share of a one-cycle schedule spent rising, and how far below the peak it starts. */
const RISE = 0.3
const START = 1 / 25

/**
 * The factor on the peak learning rate at a step: 1 throughout; half a cosine from 1 to 0; or one cycle (Smith &
 * Topin 2018), half a cosine up from 1/25 over the first 30% and another down to 0. A linear warm-up multiplies the
 * first two.
 *
 * @param step from 0
 * @param steps total number of steps
 * @param warmupSteps over which the rate rises linearly from its first step's share; 0 for none
 */
export function rateFactor(schedule: Schedule, step: number, steps: number, warmupSteps = 0): number {
  const cosine = (share: number) => (1 + Math.cos(Math.PI * share)) / 2
  if (schedule === 'one-cycle') {
    const peak = RISE * steps
    return step < peak
      ? START + (1 - START) * (1 - cosine(step / peak))
      : cosine((step - peak) / (steps - peak))
  }
  const warmup = Math.min(1, (step + 1) / Math.max(1, warmupSteps))
  return warmup * (schedule === 'cosine' ? cosine(step / steps) : 1)
}

/**
 * The factor on beta at a step: a linear rise from 0 over the warm-up, then 1 (Bowman et al. 2016; Sønderby et al.
 * 2016).
 *
 * @param warmupSteps 0 for none
 */
export function betaFactor(step: number, warmupSteps: number): number {
  return warmupSteps === 0 ? 1 : Math.min(1, step / warmupSteps)
}
