import { withMinus } from '../../../models/print-number.ts'
import { FONT, styleAxes } from '../axis-style.ts'
import { fillOutlinedText } from '../outlined-text.ts'
import { CLASS_COLOURS, type Theme } from '../theme.ts'
import { drawMark, markOf } from './class-marks.ts'
import { drawMarginal, type MarginalContent } from './density-curve.ts'
import { traceEllipse } from './ellipse.ts'
import { type Frame, ticks, toX, toY } from './plane-frame.ts'
import type { Gaussian2 } from './projection.ts'

/** The parts of a plane that do not change while a point is dragged. */
export interface Backdrop extends MarginalContent {
  /** The classes' names, each at a position on the plane. */
  names: readonly { text: string; at: readonly [number, number]; index: number }[]
  axes: readonly [string, string]
  /** A picture that covers the square, such as a grid of decoded images. */
  tiles?: HTMLCanvasElement | undefined
}

/** Draws grid lines, points, the prior's contours and the marginal histograms. The context's unit is a CSS pixel. */
export function drawBackdrop(g: CanvasRenderingContext2D, frame: Frame, what: Backdrop, theme: Theme): void {
  // A small square has no room for a long name, such as "1st principal direction": its first word is shown.
  const axes = frame.side < SMALL ? what.axes.map(name => name.split(' ')[0]) : what.axes
  drawAxes(g, frame, axes as [string, string], theme)
  g.save()
  g.beginPath()
  g.rect(frame.left, frame.top, frame.side, frame.side)
  g.clip()
  drawPoints(g, frame, what, theme)
  if (what.tiles) drawTiles(g, frame, what.tiles)
  if (what.prior) drawContours(g, frame, what.prior, theme)
  drawNames(g, frame, what, theme)
  g.restore()
  if (what.margin > 0) for (const axis of [0, 1] as const) drawMarginal(g, frame, what, axis, theme)
  g.strokeStyle = theme.line
  g.lineWidth = 1
  g.strokeRect(frame.left + 0.5, frame.top + 0.5, frame.side - 1, frame.side - 1)
}

/** Opacity of the points. With it each class's colour has a contrast of at least 3 to the paper. */
export const POINT_OPACITY = 0.85

/** A square with a shorter side, in CSS pixels, is drawn without sigma labels and long axis names. */
const SMALL = 240

function drawAxes(
  g: CanvasRenderingContext2D,
  frame: Frame,
  names: readonly [string, string],
  theme: Theme,
): void {
  const { centre, half, left, top, side } = frame
  styleAxes(g, theme)
  const print = (value: number) => withMinus(String(Number(value.toPrecision(6))))
  const nameFont = `italic ${13 * theme.textScale}px Georgia, serif`
  const nameStart = left + side - widthIn(g, nameFont, names[0]) - 24 * theme.textScale
  for (const value of ticks(centre[0] - half, centre[0] + half)) {
    const x = Math.round(toX(frame, value)) + 0.5
    g.beginPath()
    g.moveTo(x, top)
    g.lineTo(x, top + side)
    g.stroke()
    if (x < nameStart) g.fillText(print(value), x, top + side + 6)
  }
  g.textAlign = 'right'
  g.textBaseline = 'middle'
  for (const value of ticks(centre[1] - half, centre[1] + half)) {
    const y = Math.round(toY(frame, value)) + 0.5
    g.beginPath()
    g.moveTo(left, y)
    g.lineTo(left + side, y)
    g.stroke()
    if (y > top + 22 * theme.textScale) g.fillText(print(value), left - 6, y)
  }
  g.fillStyle = theme.ink
  g.font = nameFont
  g.textBaseline = 'top'
  g.fillText(names[0], left + side, top + side + 5)
  drawVerticalAxisName(g, names[1], left - 6, top, theme.textScale)
}

/** The width of a text in a font that is not the context's current one. */
function widthIn(g: CanvasRenderingContext2D, font: string, text: string): number {
  g.save()
  g.font = font
  const { width } = g.measureText(text)
  g.restore()
  return width
}

/** Draws the vertical axis's name: a short one beside the axis, a long one upwards along it. */
function drawVerticalAxisName(
  g: CanvasRenderingContext2D,
  name: string,
  x: number,
  y: number,
  text: number,
): void {
  if (name.length < 4) {
    g.fillText(name, x, y)
    return
  }
  g.save()
  g.translate(x - 38 * text, y)
  g.rotate(-Math.PI / 2)
  g.fillText(name, 0, 0)
  g.restore()
}

function drawPoints(g: CanvasRenderingContext2D, frame: Frame, what: Backdrop, theme: Theme): void {
  const { points, label, hidden } = what
  const n = points.length / 2
  // Few points are drawn larger, so that they stay visible.
  const size = Math.max(n < 2000 ? 2.5 : 1.5, Math.min(3.2, frame.side / 290))
  const colours = label ? CLASS_COLOURS : 1
  // After ten classes colours repeat with another mark; marks need a few pixels to be told apart.
  const marked = label?.some(each => markOf(each) !== 'square') ?? false
  const extent = marked ? Math.max(size, 4.5) : size
  g.globalAlpha = POINT_OPACITY
  for (let colour = 0; colour < colours; colour++) {
    g.fillStyle = label ? theme.classes[colour] : theme.ink
    for (let i = 0; i < n; i++) {
      if (label && (label[i] % CLASS_COLOURS !== colour || hidden.has(label[i]))) continue
      const [x, y] = [toX(frame, points[i * 2]), toY(frame, points[i * 2 + 1])]
      if (marked && label) drawMark(g, markOf(label[i]), x, y, extent)
      else g.fillRect(x - size / 2, y - size / 2, size, size)
    }
  }
  g.globalAlpha = 1
}

function drawTiles(g: CanvasRenderingContext2D, frame: Frame, tiles: HTMLCanvasElement): void {
  g.globalAlpha = 0.86
  g.imageSmoothingEnabled = frame.side < tiles.width
  g.drawImage(tiles, frame.left, frame.top, frame.side, frame.side)
  g.globalAlpha = 1
}

/** Opacity of a contour: fainter farther out, with a contrast of at least 3 to the paper at 3 sigma. */
export const contourOpacity = (sigma: number) => 0.85 - sigma * 0.1

function drawContours(g: CanvasRenderingContext2D, frame: Frame, prior: Gaussian2, theme: Theme): void {
  // In a latent space of one dimension there is no ellipse to draw.
  if (prior.covariance[2] === 0) return
  g.strokeStyle = theme.ink
  g.fillStyle = theme.ink
  g.font = `${11 * theme.textScale}px ${FONT}`
  g.textAlign = 'left'
  g.textBaseline = 'alphabetic'
  for (const sigma of [1, 2, 3]) {
    g.globalAlpha = contourOpacity(sigma)
    g.setLineDash(sigma === 1 ? [] : [4, 4])
    traceEllipse(g, frame, prior, sigma)
    g.stroke()
    const reach = sigma * Math.sqrt(prior.covariance[2])
    const [x, y] = [toX(frame, prior.mean[0]), toY(frame, prior.mean[1] + reach)]
    g.setLineDash([])
    g.globalAlpha = 1
    if (frame.side < SMALL) continue
    fillOutlinedText(g, `${sigma}σ`, x + 3, Math.max(y - 3, frame.top + 12), theme, 3.5)
  }
}

function drawNames(g: CanvasRenderingContext2D, frame: Frame, what: Backdrop, theme: Theme): void {
  g.textAlign = 'center'
  g.textBaseline = 'middle'
  const shown = what.names.filter(({ index }) => !what.hidden.has(index))
  const fontOf = (text: string) =>
    `600 ${(text.length > 2 ? 12 : Math.max(14, Math.min(20, frame.side / 32))) * theme.textScale}px ${FONT}`
  const boxes = shown.map(({ at, text }): NameBox => {
    const width = Math.max(17, widthIn(g, fontOf(text), text) + 4)
    return { x: toX(frame, at[0]), y: toY(frame, at[1]), width, height: 17 * theme.textScale }
  })
  keepApart(boxes, frame)
  shown.forEach(({ text }, i) => {
    g.font = fontOf(text)
    g.fillStyle = theme.ink
    fillOutlinedText(g, text, boxes[i].x, boxes[i].y, theme, 3.5)
  })
}

/** A name's centre and size, in CSS pixels. */
interface NameBox {
  x: number
  y: number
  width: number
  height: number
}

/**
 * Moves overlapping names apart, in the direction that needs the shorter way and each by half of it, and keeps names
 * inside the frame.
 */
function keepApart(boxes: NameBox[], { left, top, side }: Frame): void {
  for (let round = 0; round < 12; round++) {
    for (const [i, a] of boxes.entries()) {
      for (const b of boxes.slice(0, i)) {
        const x = (a.width + b.width) / 2 - Math.abs(a.x - b.x)
        const y = (a.height + b.height) / 2 - Math.abs(a.y - b.y)
        if (x <= 0 || y <= 0) continue
        const axis = x < y ? 'x' : 'y'
        const push = (Math.min(x, y) / 2) * (a[axis] < b[axis] ? -1 : 1)
        a[axis] += push
        b[axis] -= push
      }
    }
    for (const box of boxes) {
      // Names outside the frame stay outside.
      if (box.x < left || box.x > left + side || box.y < top || box.y > top + side) continue
      const within = (value: number, low: number, extent: number) =>
        Math.min(Math.max(value, low + extent / 2), low + side - extent / 2)
      box.x = within(box.x, left, Math.min(box.width, side))
      box.y = within(box.y, top, box.height)
    }
  }
}
