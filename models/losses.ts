/** The paper's three reconstruction losses, each a mean over images and pixels. */
export interface Losses {
  /** Binary cross-entropy, nats per pixel (Eq. 13). */
  bce: number
  /** Squared error, squared intensity per pixel (Eq. 11). */
  mse: number
  /** Absolute error, intensity per pixel (Eq. 12). */
  l1: number
}

/** Half a float32 step below 1. */
const NEAREST = 2 ** -25

/**
 * A probability for bce, clamped to 2^-25 from 0 and 1. A float32 sigmoid rounds to 1 there, at different points in
 * different runtimes; with the clamp they agree.
 */
export function clampProbability(p: number): number {
  return Math.min(Math.max(p, NEAREST), 1 - NEAREST)
}

/**
 * Compares images with their reconstructions, summed in float64.
 *
 * @param x,xhat intensities in [0, 1], any equal number of them
 * @throws RangeError when the lengths differ or are 0
 */
export function losses(x: ArrayLike<number>, xhat: ArrayLike<number>): Losses {
  if (x.length !== xhat.length || x.length === 0) {
    throw new RangeError(`xhat: expected as many values as x (${x.length}, at least 1), got ${xhat.length}`)
  }
  let bce = 0
  let mse = 0
  let l1 = 0
  for (let i = 0; i < x.length; i++) {
    const target = x[i]
    const p = clampProbability(xhat[i])
    // Many pixels are 0 or 1, and the logarithms take most of the time.
    const ink = target > 0 ? target * Math.log(p) : 0
    const ground = target < 1 ? (1 - target) * Math.log1p(-p) : 0
    bce -= ink + ground
    const error = xhat[i] - target
    mse += error * error
    l1 += Math.abs(error)
  }
  return { bce: bce / x.length, mse: mse / x.length, l1: l1 / x.length }
}
