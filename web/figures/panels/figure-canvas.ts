import { createChangeTest } from '../../plot/change-test.ts'
import type { Theme } from '../../plot/theme.ts'

/** Draws on a canvas whose unit is a CSS pixel. */
export type Draw = (g: CanvasRenderingContext2D, width: number, height: number, theme: Theme) => void

/** A canvas that fills its container. It is drawn again when its size, the theme or what it shows changes. */
export interface FigureCanvas {
  element: HTMLCanvasElement
  /** @param what the object that is shown: another one is drawn anew */
  show(what: object, label: string, theme: Theme, draw: Draw): void
}

/** Creates a canvas that fills its container, with nothing on it yet. */
export function createFigureCanvas(): FigureCanvas {
  const element = document.createElement('canvas')
  element.className = 'figure-canvas'
  element.setAttribute('role', 'img')
  let shown: { what: object; theme: Theme; draw: Draw } | undefined
  const hasChanged = createChangeTest()
  function redraw(): void {
    const { clientWidth: width, clientHeight: height } = element
    if (!shown || width === 0) return
    const { what, theme, draw } = shown
    if (!hasChanged(what, theme, width, height, devicePixelRatio)) return
    element.width = Math.round(width * devicePixelRatio)
    element.height = Math.round(height * devicePixelRatio)
    const g = element.getContext('2d') as CanvasRenderingContext2D
    g.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0)
    draw(g, width, height, theme)
  }
  new ResizeObserver(redraw).observe(element)
  return {
    element,
    show(what, label, theme, draw) {
      shown = { what, theme, draw }
      element.setAttribute('aria-label', label)
      redraw()
    },
  }
}
