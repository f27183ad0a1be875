import type { Theme } from './theme.ts'

/** The font family of text on canvases. */
export const FONT = 'ui-sans-serif, system-ui, sans-serif'

/** Sets a context's styles for the grid lines and the centred numbers of a horizontal axis. */
export function styleAxes(g: CanvasRenderingContext2D, theme: Theme): void {
  g.font = `${11 * theme.textScale}px ${FONT}`
  g.lineWidth = 1
  g.strokeStyle = theme.faint
  g.fillStyle = theme.soft
  g.textAlign = 'center'
  g.textBaseline = 'top'
}
