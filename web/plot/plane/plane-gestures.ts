import type { PlaneContent, PlaneEvents } from './plane-content.ts'
import { type Frame, fromCanvas, toX, toY } from './plane-frame.ts'
import { moveTo, project } from './projection.ts'

/** Reads what a plane shows when an event arrives. */
export interface PlaneAccess {
  content(): PlaneContent | undefined
  frame(): Frame
  /** Positions of the encoded test images, [n, 2]. */
  points(): Float32Array
}

/** A finger drags the ring if it comes down within this many pixels of it; elsewhere it scrolls the page. */
const RING_REACH = 36

/** Listens to pointers and keys on a plane's element and calls `events`. */
export function listen(element: HTMLElement, events: PlaneEvents, plane: PlaneAccess): void {
  const { content, frame, points } = plane
  function positionOf(event: { clientX: number; clientY: number }): [number, number] {
    const box = element.getBoundingClientRect()
    return [event.clientX - box.left, event.clientY - box.top]
  }
  function moveHere(event: { clientX: number; clientY: number }): void {
    const c = content()
    if (c) events.move?.(moveTo(c.projection, c.z, ...fromCanvas(frame(), ...positionOf(event))))
  }
  let outline: number[] = []
  function encircle(event: { clientX: number; clientY: number }): void {
    outline.push(...fromCanvas(frame(), ...positionOf(event)))
    events.lasso?.(Float32Array.from(outline))
  }
  const encircling = () => content()?.encircling === true && events.lasso !== undefined
  function onRing(event: { clientX: number; clientY: number }): boolean {
    const c = content()
    if (!c) return false
    const [x, y] = ringPlace(c, frame())
    const [pointerX, pointerY] = positionOf(event)
    return Math.hypot(pointerX - x, pointerY - y) <= RING_REACH
  }

  element.addEventListener(
    'touchstart',
    event => {
      // Otherwise the browser would scroll the page and end the drag.
      const drags = encircling() || (events.move && onRing(event.touches[0]))
      if (drags && event.touches.length === 1) event.preventDefault()
    },
    { passive: false },
  )
  element.addEventListener('pointerdown', event => {
    if (event.button !== 0) return
    if (encircling()) {
      element.setPointerCapture(event.pointerId)
      outline = []
      return encircle(event)
    }
    if (!events.move || (event.pointerType === 'touch' && !onRing(event))) return
    element.setPointerCapture(event.pointerId)
    events.hover?.(undefined, 0, 0)
    moveHere(event)
  })
  element.addEventListener('pointermove', event => {
    if (element.hasPointerCapture(event.pointerId)) return encircling() ? encircle(event) : moveHere(event)
    // A finger cannot hover: without a drag it can only tap.
    if (event.pointerType === 'touch') return
    const [x, y] = positionOf(event)
    events.hover?.(nearest(points(), content(), frame(), x, y), x, y)
  })
  element.addEventListener('pointerleave', event => {
    if (event.pointerType !== 'touch') events.hover?.(undefined, 0, 0)
  })
  element.addEventListener('click', event => {
    const [x, y] = positionOf(event)
    const byTouch = (event as PointerEvent).pointerType === 'touch'
    if (byTouch && events.move && !encircling()) moveHere(event)
    events.pick?.(nearest(points(), content(), frame(), x, y, byTouch ? 20 : 8), x, y, byTouch)
  })
  element.addEventListener('keydown', event => {
    const c = content()
    const direction = KEYS[event.key]
    if (!c || !direction || !events.move || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    const next = stepBy(c, frame(), direction, event.shiftKey ? 5 : 1)
    // Several keys may come in one frame, before the page shows the first one's step: each starts where the one before
    // ended.
    c.z = next
    events.move(next)
  })
}

/** Position of the ring on the canvas; for a point outside the square, on the square's edge. */
function ringPlace(c: PlaneContent, frame: Frame): [number, number] {
  const [u, v] = project(c.projection, c.ring ?? c.z)
  const { left, top, side } = frame
  return [
    Math.max(left, Math.min(left + side, toX(frame, u))),
    Math.max(top, Math.min(top + side, toY(frame, v))),
  ]
}

/**
 * The content's point after a step in a direction, of `times` fiftieths of half the square's side. It stays inside the
 * square.
 */
function stepBy(
  c: PlaneContent,
  { centre, half }: Frame,
  direction: readonly [number, number],
  times: number,
): Float32Array {
  const step = (half / 50) * times
  const [u, v] = project(c.projection, c.z)
  const clamp = (value: number, axis: 0 | 1) =>
    Math.max(centre[axis] - half, Math.min(centre[axis] + half, value))
  return moveTo(c.projection, c.z, clamp(u + direction[0] * step, 0), clamp(v + direction[1] * step, 1))
}

const KEYS: Record<string, readonly [number, number] | undefined> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
}

/** The index of the visible test image nearest to a canvas position, if one is within `reach` pixels. */
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
