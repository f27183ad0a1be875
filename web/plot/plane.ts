import type { Latents } from '../catalog.ts'
import { type Backdrop, drawBackdrop } from './backdrop.ts'
import { type Frame, fitFrame, fromCanvas } from './frame.ts'
import { drawOverlay, type Overlay } from './overlay.ts'
import { type Gaussian2, moveTo, type Projection, project } from './projection.ts'
import { currentTheme } from './theme.ts'

/** What a plane shows. Parts that are the same object as before are not computed again. */
export interface PlaneContent extends Overlay {
  projection: Projection
  latents: Latents | undefined
  prior: Gaussian2 | undefined
  hidden: ReadonlySet<number>
  names: Backdrop['names']
  /** The current point, [D_z]. */
  z: Float32Array
  /** Where the ring is, if not at the point that is moved. */
  ring?: Float32Array
  /** Whether histograms stand at two sides. */
  marginals: boolean
  label: string
  /** Tiles [side·side] of one image each over the shown square, row by row from the top, drawn over the points. */
  tiles?: { canvas: HTMLCanvasElement } | undefined
}

export interface PlaneEvents {
  /** The point was dragged or moved by a key. */
  move?(z: Float32Array): void
  /** The pointer is over the test image of that index, at a place in CSS pixels, or over none. */
  hover?(index: number | undefined, x: number, y: number): void
  /** The plane was clicked or tapped, at the test image of that index or at none. */
  pick?(index: number | undefined, x: number, y: number, byTouch: boolean): void
}

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

function listen(
  element: HTMLElement,
  events: PlaneEvents,
  content: () => PlaneContent | undefined,
  frame: () => Frame,
  points: () => Float32Array,
): void {
  function place(event: PointerEvent): [number, number] {
    const box = element.getBoundingClientRect()
    return [event.clientX - box.left, event.clientY - box.top]
  }
  function drag(event: PointerEvent): void {
    const c = content()
    if (c) events.move?.(moveTo(c.projection, c.z, ...fromCanvas(frame(), ...place(event))))
  }
  element.addEventListener('pointerdown', event => {
    if (event.button !== 0 || !events.move) return
    element.setPointerCapture(event.pointerId)
    events.hover?.(undefined, 0, 0)
    drag(event)
  })
  element.addEventListener('pointermove', event => {
    if (element.hasPointerCapture(event.pointerId)) return drag(event)
    const [x, y] = place(event)
    const index = event.pointerType === 'touch' ? undefined : nearest(points(), content(), frame(), x, y)
    events.hover?.(index, x, y)
  })
  element.addEventListener('pointerleave', () => events.hover?.(undefined, 0, 0))
  element.addEventListener('click', event => {
    const [x, y] = place(event)
    const byTouch = event.pointerType === 'touch'
    events.pick?.(nearest(points(), content(), frame(), x, y, byTouch ? 20 : 8), x, y, byTouch)
  })
  element.addEventListener('keydown', event => {
    const c = content()
    const direction = KEYS[event.key]
    if (!c || !direction || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    const { centre, half } = frame()
    const step = (half / 50) * (event.shiftKey ? 5 : 1)
    const [u, v] = project(c.projection, c.z)
    const clamp = (value: number, axis: 0 | 1) =>
      Math.max(centre[axis] - half, Math.min(centre[axis] + half, value))
    const next = moveTo(
      c.projection,
      c.z,
      clamp(u + direction[0] * step, 0),
      clamp(v + direction[1] * step, 1),
    )
    // The page is drawn once a frame; keys may come faster and must add up.
    c.z = next
    events.move?.(next)
  })
}

const KEYS: Record<string, readonly [number, number] | undefined> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
}

/** The index of the shown point nearest to a canvas place, if one is within `reach` pixels. */
function nearest(
  points: Float32Array,
  content: PlaneContent | undefined,
  frame: Frame,
  x: number,
  y: number,
  reach = 8,
): number | undefined {
  if (!content?.latents) return undefined
  const { label } = content.latents
  const scale = frame.side / (2 * frame.half)
  const u = frame.centre[0] + (x - frame.left - frame.side / 2) / scale
  const v = frame.centre[1] - (y - frame.top - frame.side / 2) / scale
  let best: number | undefined
  let least = (reach / scale) ** 2
  for (let i = 0; i < points.length / 2; i++) {
    if (label && content.hidden.has(label[i])) continue
    const distance = (points[i * 2] - u) ** 2 + (points[i * 2 + 1] - v) ** 2
    if (distance < least) {
      least = distance
      best = i
    }
  }
  return best
}

const identities = new WeakMap<object, number>()
let count = 0

function identity(object: object | undefined): number {
  if (!object) return 0
  let id = identities.get(object)
  if (!id) identities.set(object, (id = ++count))
  return id
}
