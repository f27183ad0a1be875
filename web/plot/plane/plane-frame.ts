import type { Gaussian2 } from './projection.ts'

/** The visible square of the plane, and its position on the canvas in CSS pixels. */
export interface Frame {
  /**
   * Centre and half the side, in latent units. Both directions have the same scale, so that circles are drawn as
   * circles.
   */
  centre: [number, number]
  half: number
  /** The square's left and top edges and its side, on the canvas. */
  left: number
  top: number
  side: number
}

/**
 * The square that holds nearly all points (99.6% along each axis) and the prior to 3.2 standard deviations.
 *
 * @param points [n, 2]
 */
export function fitFrame(points: Float32Array, prior: Gaussian2 | undefined): Pick<Frame, 'centre' | 'half'> {
  const low = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY]
  const high = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (let axis = 0; axis < 2; axis++) {
    if (points.length > 0) {
      const sorted = Float32Array.from({ length: points.length / 2 }, (_, i) => points[i * 2 + axis]).sort()
      low[axis] = sorted[Math.floor(sorted.length * 0.002)]
      high[axis] = sorted[Math.ceil((sorted.length - 1) * 0.998)]
    }
    if (prior) {
      const reach = 3.2 * Math.sqrt(prior.covariance[axis * 2])
      low[axis] = Math.min(low[axis], prior.mean[axis] - reach)
      high[axis] = Math.max(high[axis], prior.mean[axis] + reach)
    }
  }
  if (!Number.isFinite(low[0])) return { centre: [0, 0], half: 4 }
  const half = Math.max(high[0] - low[0], high[1] - low[1]) / 2
  return { centre: [(low[0] + high[0]) / 2, (low[1] + high[1]) / 2], half: half * 1.04 }
}

/** The canvas x of a plane coordinate u. */
export function toX(frame: Frame, u: number): number {
  return frame.left + ((u - frame.centre[0]) / frame.half + 1) * 0.5 * frame.side
}

/** The canvas y of a plane coordinate v, which grows upwards. */
export function toY(frame: Frame, v: number): number {
  return frame.top + (1 - (v - frame.centre[1]) / frame.half) * 0.5 * frame.side
}

/** The position on the plane of a canvas point; one outside the square counts as on its edge. */
export function fromCanvas(frame: Frame, x: number, y: number): [number, number] {
  const clamp = (value: number) => Math.max(-1, Math.min(1, value))
  return [
    frame.centre[0] + frame.half * clamp(((x - frame.left) / frame.side) * 2 - 1),
    frame.centre[1] + frame.half * clamp(1 - ((y - frame.top) / frame.side) * 2),
  ]
}

/** About five round numbers between two values. */
export function ticks(low: number, high: number): number[] {
  const raw = (high - low) / 6
  const power = 10 ** Math.floor(Math.log10(raw))
  const step = [1, 2, 5, 10].map(factor => factor * power).find(candidate => candidate >= raw) ?? raw
  const first = Math.ceil(low / step)
  return Array.from({ length: Math.floor(high / step) - first + 1 }, (_, i) => (first + i) * step)
}
