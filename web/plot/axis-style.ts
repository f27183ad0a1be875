import type { Theme } from './theme.ts'

/** The font family of text on canvases. */
export const FONT = 'ui-sans-serif, system-ui, sans-serif'

/** Prepares a context for the hairlines and centred numbers of a horizontal axis. */
export function styleAxes(g: CanvasRenderingContext2D, theme: Theme): void {
  g.font = `${11 * theme.text}px ${FONT}`
  g.lineWidth = 1
  g.strokeStyle = theme.faint
  g.fillStyle = theme.soft
  g.textAlign = 'center'
  g.textBaseline = 'top'
}
