import { createChangeTest } from '../change-test.ts'
import { drawBackdrop } from './plane-backdrop.ts'
import type { PlaneContent, PlaneEvents } from './plane-content.ts'
import { type Frame, fitFrame } from './plane-frame.ts'
import { listen } from './plane-gestures.ts'
import { drawOverlay } from './plane-overlay.ts'
import { project } from './projection.ts'

/** A latent plane: its element, a function that shows content on it, and its visible square. */
export interface Plane {
  element: HTMLElement
  show(content: PlaneContent): void
  /** The visible square of the plane. */
  frame(): Frame
}

/**
 * Creates a plane that follows the size of its container. It has two canvases: the rear one holds thousands of points
 * and is drawn only when they change; the front one is drawn on each move of the point.
 */
export function createPlane(events: PlaneEvents): Plane {
  const element = createElement(events.move !== undefined)
  const [back, front] = [0, 1].map(() => element.appendChild(document.createElement('canvas')))
  let content: PlaneContent | undefined
  let points: Float32Array = new Float32Array()
  let frame: Frame = { centre: [0, 0], half: 4, left: 0, top: 0, side: 1 }
  const hasChanged = createChangeTest()

  function drawBack(c: PlaneContent): void {
    points = c.latents ? project(c.projection, c.latents.mu) : new Float32Array()
    frame = { ...fitFrame(points, c.prior), ...squareOf(element, c) }
    const { latents, hidden, prior, names, projection, marginals, tiles } = c
    const backdrop = {
      points,
      label: latents?.label,
      hidden,
      prior,
      names,
      axes: projection.names,
      margin: marginals ? frame.top : 0,
      tiles: tiles?.canvas,
    }
    for (const canvas of [back, front]) fitCanvas(canvas, element)
    drawBackdrop(contextOf(back), frame, backdrop, c.theme)
  }

  function draw(): void {
    if (!content || element.clientWidth === 0) return
    if (hasChanged(...backdropParts(content, element))) drawBack(content)
    const at = project(content.projection, content.ring ?? content.z)
    drawOverlay(contextOf(front), frame, content, at, content.theme)
  }

  new ResizeObserver(draw).observe(element)
  listen(element, events, {
    content: () => content,
    frame: () => frame,
    points: () => points,
  })
  return {
    element,
    show(next) {
      content = next
      element.setAttribute('aria-label', next.label)
      element.classList.toggle('long-name', hasLongName(next))
      draw()
    },
    frame: () => frame,
  }
}

function createElement(movable: boolean): HTMLElement {
  const element = document.createElement('div')
  element.className = 'plane'
  if (movable) {
    element.tabIndex = 0
    element.setAttribute('role', 'application')
    element.setAttribute('aria-roledescription', 'latent plane')
  } else element.setAttribute('role', 'img')
  return element
}

/** The values that the backdrop is drawn from: it is drawn again when one of them changes. */
function backdropParts(c: PlaneContent, element: HTMLElement): readonly unknown[] {
  const { width, height } = element.getBoundingClientRect()
  return [
    c.latents,
    c.tiles,
    `${c.projection.names} ${c.projection.origin}`,
    `${c.prior?.mean} ${c.prior?.covariance}`,
    [...c.hidden].join(),
    width,
    height,
    devicePixelRatio,
    c.theme,
    c.label,
    c.names.length,
  ]
}

/**
 * Position of the square in the element. It leaves room for the axes' numbers and, with marginals, for two histograms.
 */
function squareOf(element: HTMLElement, c: PlaneContent): Pick<Frame, 'left' | 'top' | 'side'> {
  const { width, height } = element.getBoundingClientRect()
  const { textScale } = c.theme
  const margin = c.marginals ? Math.round(Math.max(30, width * 0.08)) : 6
  const left = (hasLongName(c) ? 58 : 34) * textScale
  const side = Math.min(width - left - margin, height - 26 * textScale - margin)
  return { left, top: margin, side: Math.max(40, side) }
}

/** Whether the name of the vertical axis needs more room than z₂. */
function hasLongName({ projection }: PlaneContent): boolean {
  return projection.names[1].length >= 4
}

function fitCanvas(canvas: HTMLCanvasElement, element: HTMLElement): void {
  const { width, height } = element.getBoundingClientRect()
  canvas.width = Math.round(width * devicePixelRatio)
  canvas.height = Math.round(height * devicePixelRatio)
}

/** The canvas's context, cleared, with a CSS pixel as its unit. */
function contextOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const g = canvas.getContext('2d') as CanvasRenderingContext2D
  g.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0)
  g.clearRect(0, 0, canvas.width, canvas.height)
  return g
}
