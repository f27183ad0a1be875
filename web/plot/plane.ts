import { drawBackdrop } from './plane-backdrop.ts'
import type { PlaneContent, PlaneEvents } from './plane-content.ts'
import { type Frame, fitFrame } from './plane-frame.ts'
import { listen } from './plane-gestures.ts'
import { drawOverlay } from './plane-overlay.ts'
import { project } from './projection.ts'
import { currentTheme } from './theme.ts'

/** A latent plane: an element, and how to show something on it. */
export interface Plane {
  element: HTMLElement
  show(content: PlaneContent): void
  /** The square of the plane that is seen. */
  frame(): Frame
}

/** Makes a plane that follows the size of the place it is put in. */
export function createPlane(events: PlaneEvents): Plane {
  const element = document.createElement('div')
  element.className = 'plane'
  if (events.move) {
    element.tabIndex = 0
    element.setAttribute('role', 'application')
    element.setAttribute('aria-roledescription', 'latent plane')
  } else element.setAttribute('role', 'img')
  const [back, front] = [0, 1].map(() => element.appendChild(document.createElement('canvas')))
  let content: PlaneContent | undefined
  let points: Float32Array = new Float32Array()
  let frame: Frame = { centre: [0, 0], half: 4, left: 0, top: 0, side: 1 }
  let drawn = ''

  /** The parts of the content that the backdrop depends on, as a text to compare. */
  function signature(c: PlaneContent): string {
    const { width, height } = element.getBoundingClientRect()
    const hidden = [...c.hidden].join()
    return [
      identity(c.latents),
      identity(c.tiles),
      c.projection.names,
      c.projection.origin,
      c.prior?.mean,
      c.prior?.covariance,
      hidden,
      width,
      height,
      devicePixelRatio,
      currentTheme().version,
      c.label,
      c.names.length,
    ].join('|')
  }

  function layOut(c: PlaneContent): void {
    const { width, height } = element.getBoundingClientRect()
    const margin = c.marginals ? Math.round(Math.max(30, width * 0.08)) : 6
    const left = c.projection.names[1].length < 4 ? 34 : 44
    const side = Math.max(40, Math.min(width - left - margin, height - 26 - margin))
    points = c.latents ? project(c.projection, c.latents.mu) : new Float32Array()
    frame = { ...fitFrame(points, c.prior), left, top: margin, side }
    for (const canvas of [back, front]) {
      canvas.width = Math.round(width * devicePixelRatio)
      canvas.height = Math.round(height * devicePixelRatio)
    }
  }

  function context(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
    const g = canvas.getContext('2d') as CanvasRenderingContext2D
    g.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0)
    g.clearRect(0, 0, canvas.width, canvas.height)
    return g
  }

  function draw(): void {
    if (!content || element.clientWidth === 0) return
    const now = signature(content)
    if (now !== drawn) {
      drawn = now
      layOut(content)
      const { latents, hidden, prior, names, projection, marginals, tiles } = content
      const margin = marginals ? frame.top : 0
      const backdrop = {
        points,
        label: latents?.label,
        hidden,
        prior,
        names,
        axes: projection.names,
        margin,
        tiles: tiles?.canvas,
      }
      drawBackdrop(context(back), frame, backdrop, currentTheme())
    }
    drawOverlay(
      context(front),
      frame,
      content,
      project(content.projection, content.ring ?? content.z),
      currentTheme(),
    )
  }

  new ResizeObserver(draw).observe(element)
  listen(
    element,
    events,
    () => content,
    () => frame,
    () => points,
  )
  return {
    element,
    show(next) {
      content = next
      element.setAttribute('aria-label', next.label)
      draw()
    },
    frame: () => frame,
  }
}

const identities = new WeakMap<object, number>()
let count = 0

function identity(object: object | undefined): number {
  if (!object) return 0
  let id = identities.get(object)
  if (!id) identities.set(object, (id = ++count))
  return id
}
