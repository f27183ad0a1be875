import type { Theme } from '../theme.ts'
import { traceEllipse } from './ellipse.ts'
import { type Frame, toX, toY } from './plane-frame.ts'
import type { Gaussian2 } from './projection.ts'

/** What a plane draws above its backdrop, drawn again when the point moves. Positions are on the plane, [n, 2]. */
export interface Overlay {
  /** A path through the plane, [n, 2]. */
  path?: Float32Array | undefined
  /** Labelled positions, such as an interpolation's corners. */
  marks?: readonly { text: string; at: readonly [number, number] }[]
  /** Posteriors, drawn at one and two standard deviations. */
  posteriors?: readonly Gaussian2[]
  /** A line that the visitor draws around points; it is drawn closed. */
  lasso?: Float32Array | undefined
  /** Draws from a posterior. */
  draws?: Float32Array | undefined
  /** Whether the current point is shown; it is by default. */
  point?: boolean
}

/** Draws the current point and the parts that move with it. */
export function drawOverlay(
  g: CanvasRenderingContext2D,
  frame: Frame,
  what: Overlay,
  at: Float32Array,
  theme: Theme,
): void {
  g.save()
  g.beginPath()
  g.rect(frame.left, frame.top, frame.side, frame.side)
  g.clip()
  const place = (points: ArrayLike<number>, i: number): [number, number] => [
    toX(frame, points[i * 2]),
    toY(frame, points[i * 2 + 1]),
  ]
  for (const posterior of what.posteriors ?? []) {
    for (const sigma of [1, 2]) {
      traceEllipse(g, frame, posterior, sigma)
      strokeWithOutline(g, theme, sigma === 1 ? 1.75 : 1)
    }
  }
  if (what.path && what.path.length > 2) {
    g.beginPath()
    for (let i = 0; i < what.path.length / 2; i++) g.lineTo(...place(what.path, i))
    strokeWithOutline(g, theme, 2)
    for (let i = 0; i < what.path.length / 2; i++) drawDot(g, ...place(what.path, i), 2.5, theme)
  }
  for (let i = 0; i < (what.draws?.length ?? 0) / 2; i++) drawDot(g, ...place(what.draws!, i), 3.5, theme)
  if (what.lasso && what.lasso.length > 2) {
    g.beginPath()
    for (let i = 0; i < what.lasso.length / 2; i++) g.lineTo(...place(what.lasso, i))
    g.closePath()
    strokeWithOutline(g, theme, 1.5)
  }
  for (const { text, at } of what.marks ?? []) drawLabelledDot(g, ...place(at, 0), text, theme)
  if (what.point !== false) drawPoint(g, frame, ...clampToSquare(frame, place(at, 0)), theme)
  g.restore()
}

/** Moves a canvas position outside the square to its edge, so that the ring stays visible. */
function clampToSquare({ left, top, side }: Frame, [x, y]: [number, number]): [number, number] {
  return [Math.max(left, Math.min(left + side, x)), Math.max(top, Math.min(top + side, y))]
}

/** Strokes the current path in ink with an outline in the paper's colour. */
function strokeWithOutline(g: CanvasRenderingContext2D, theme: Theme, width: number): void {
  g.strokeStyle = theme.paper
  g.lineWidth = width + 3
  g.stroke()
  g.strokeStyle = theme.ink
  g.lineWidth = width
  g.stroke()
}

function drawDot(g: CanvasRenderingContext2D, x: number, y: number, radius: number, theme: Theme): void {
  g.beginPath()
  g.arc(x, y, radius, 0, 2 * Math.PI)
  g.fillStyle = theme.ink
  g.strokeStyle = theme.paper
  g.lineWidth = 1.5
  g.fill()
  g.stroke()
}

function drawLabelledDot(
  g: CanvasRenderingContext2D,
  x: number,
  y: number,
  text: string,
  theme: Theme,
): void {
  g.beginPath()
  g.arc(x, y, 10 * theme.textScale, 0, 2 * Math.PI)
  g.fillStyle = theme.ink
  g.strokeStyle = theme.paper
  g.lineWidth = 2
  g.fill()
  g.stroke()
  g.fillStyle = theme.paper
  g.font = `600 ${12 * theme.textScale}px ui-sans-serif, system-ui, sans-serif`
  g.textAlign = 'center'
  g.textBaseline = 'middle'
  g.fillText(text, x, y + 0.5)
}

/** Draws a ring with an empty middle, and hairlines from it to the square's edges. */
function drawPoint(g: CanvasRenderingContext2D, frame: Frame, x: number, y: number, theme: Theme): void {
  g.beginPath()
  for (const side of [-1, 1]) {
    g.moveTo(x + side * 11, y)
    g.lineTo(side < 0 ? frame.left : frame.left + frame.side, y)
    g.moveTo(x, y + side * 11)
    g.lineTo(x, side < 0 ? frame.top : frame.top + frame.side)
  }
  g.globalAlpha = 0.55
  g.strokeStyle = theme.ink
  g.lineWidth = 1
  g.stroke()
  g.globalAlpha = 1
  g.beginPath()
  g.arc(x, y, 9, 0, 2 * Math.PI)
  strokeWithOutline(g, theme, 2.25)
}
