import type { Theme } from './theme.ts'

/**
 * Draws text with an outline in the paper's colour, so that it can be read over points and lines.
 *
 * @param width of the outline's stroke in pixels; only its outer half is visible
 */
export function fillOutlinedText(
  g: CanvasRenderingContext2D,
  text: string,
  x: number,
  y: number,
  theme: Theme,
  width = 4,
): void {
  g.save()
  g.lineWidth = width
  g.lineJoin = 'round'
  g.strokeStyle = theme.paper
  g.strokeText(text, x, y)
  g.fillText(text, x, y)
  g.restore()
}
