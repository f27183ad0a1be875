import { withMinus } from '../../../models/print-number.ts'
import { FONT, styleAxes } from '../../plot/axis-style.ts'
import { fillOutlinedText } from '../../plot/outlined-text.ts'
import { ticks } from '../../plot/plane/plane-frame.ts'
import type { Theme } from '../../plot/theme.ts'

/** A rectangle of a canvas in CSS pixels, and the values at its sides. */
export interface Box {
  left: number
  top: number
  width: number
  height: number
  x: readonly [number, number]
  y: readonly [number, number]
}

/** Canvas x of a value. */
export function atX(box: Box, value: number): number {
  return box.left + ((value - box.x[0]) / (box.x[1] - box.x[0])) * box.width
}

/** Canvas y of a value; up is larger. */
export function atY(box: Box, value: number): number {
  return box.top + (1 - (value - box.y[0]) / (box.y[1] - box.y[0])) * box.height
}

/** Draws hairlines at round numbers, the numbers, and the axes' names: x's below at the right, y's inside at the left. */
export function drawAxes(
  g: CanvasRenderingContext2D,
  box: Box,
  names: { x: string; y: string },
  theme: Theme,
): void {
  const { left, top, width, height } = box
  styleAxes(g, theme)
  const nameStart = left + width - g.measureText(names.x).width - 16
  for (const value of ticks(...box.x)) {
    const x = Math.round(atX(box, value)) + 0.5
    line(g, x, top, x, top + height)
    if (x < nameStart) g.fillText(print(value), x, top + height + 6)
  }
  g.textAlign = 'right'
  g.textBaseline = 'middle'
  for (const value of spaced(ticks(...box.y), height)) {
    const y = Math.round(atY(box, value)) + 0.5
    line(g, left, y, left + width, y)
    g.fillText(print(value), left - 6, y)
  }
  g.fillStyle = theme.ink
  g.textBaseline = 'top'
  g.font = names.x.startsWith('z')
    ? `italic ${13 * theme.textScale}px Georgia, serif`
    : `${11 * theme.textScale}px ${FONT}`
  g.fillText(names.x, left + width, top + height + 6)
  g.font = `${11 * theme.textScale}px ${FONT}`
  g.textAlign = 'left'
  g.fillStyle = theme.soft
  fillOutlinedText(g, names.y, left + 6, top + 6, theme)
}

/** Leaves out every second tick where all of them would be closer than a line of text. */
function spaced(values: readonly number[], height: number): number[] {
  return values.filter((_, i) => values.length * 22 < height || i % 2 === 0)
}

function line(g: CanvasRenderingContext2D, x0: number, y0: number, x1: number, y1: number): void {
  g.beginPath()
  g.moveTo(x0, y0)
  g.lineTo(x1, y1)
  g.stroke()
}

function print(value: number): string {
  return withMinus(Number(value.toPrecision(6)).toLocaleString('en'))
}
