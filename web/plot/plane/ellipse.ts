import { type Frame, toX, toY } from './plane-frame.ts'
import type { Gaussian2 } from './projection.ts'

/** Starts the context's path along the ellipse of a Gaussian at `sigma` standard deviations. */
export function traceEllipse(
  g: CanvasRenderingContext2D,
  frame: Frame,
  gaussian: Gaussian2,
  sigma: number,
): void {
  const [xx, xy, yy] = gaussian.covariance
  const middle = (xx + yy) / 2
  const spread = Math.hypot((xx - yy) / 2, xy)
  const scale = (sigma * frame.side) / (2 * frame.half)
  g.beginPath()
  g.ellipse(
    toX(frame, gaussian.mean[0]),
    toY(frame, gaussian.mean[1]),
    scale * Math.sqrt(middle + spread),
    scale * Math.sqrt(Math.max(0, middle - spread)),
    -Math.atan2(2 * xy, xx - yy) / 2,
    0,
    2 * Math.PI,
  )
}
