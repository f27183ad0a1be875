import type { Theme } from '../theme.ts'
import type { Frame } from './plane-frame.ts'
import type { Gaussian2 } from './projection.ts'

/** What the marginal histograms of a plane are drawn from. */
export interface MarginalContent {
  /** Positions on the plane, [n, 2]. */
  points: Float32Array
  /** The class of each point; undefined if the data has no classes. */
  label: Uint8Array | undefined
  /** Classes that are not shown. */
  hidden: ReadonlySet<number>
  prior: Gaussian2 | undefined
  /** Height of the histograms, which stand above the square and at its right, in CSS pixels; 0 for none. */
  margin: number
}

const BINS = 64

/** Draws the histogram of the visible points along one axis, and over it the prior's density on the same scale. */
export function drawMarginal(
  g: CanvasRenderingContext2D,
  frame: Frame,
  what: MarginalContent,
  axis: 0 | 1,
  theme: Theme,
): void {
  const { centre, half, left, top, side } = frame
  const counts = new Float32Array(BINS)
  let total = 0
  for (let i = 0; i < what.points.length / 2; i++) {
    if (what.label && what.hidden.has(what.label[i])) continue
    const bin = Math.floor((((what.points[i * 2 + axis] - centre[axis]) / half + 1) / 2) * BINS)
    if (bin >= 0 && bin < BINS) counts[bin]++
    total++
  }
  const width = (2 * half) / BINS
  const densities = counts.map(count => (total === 0 ? 0 : count / total / width))
  const sd = what.prior ? Math.sqrt(what.prior.covariance[axis * 2]) : 1
  if (sd === 0) return
  const peak = what.prior ? 1 / (sd * Math.sqrt(2 * Math.PI)) : 0
  const room = what.margin - 10
  const scale = room / Math.max(peak, ...densities, 1e-9)
  const at = (along: number, height: number): [number, number] =>
    axis === 0 ? [left + along, top - 4 - height] : [left + side + 4 + height, top + side - along]
  g.fillStyle = theme.edge
  g.strokeStyle = theme.ink
  densities.forEach((density, bin) => {
    const [x0, y0] = at((bin * side) / BINS, 0)
    const [x1, y1] = at(((bin + 1) * side) / BINS - 1, density * scale)
    g.fillRect(Math.min(x0, x1), Math.min(y0, y1), Math.abs(x1 - x0), Math.abs(y1 - y0))
  })
  if (!what.prior) return
  g.beginPath()
  for (let along = 0; along <= side; along += 2) {
    const value = centre[axis] - half + (along / side) * 2 * half
    const t = (value - what.prior.mean[axis]) / sd
    g.lineTo(...at(along, peak * Math.exp(-0.5 * t * t) * scale))
  }
  g.lineWidth = 1.25
  g.stroke()
}
