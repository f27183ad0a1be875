import type { PlaneContent, PlaneEvents } from './plane-content.ts'
import { type Frame, fromCanvas } from './plane-frame.ts'
import { moveTo, project } from './projection.ts'

/** What a plane shows at the moment of an event. */
export interface PlaneAccess {
  content(): PlaneContent | undefined
  frame(): Frame
  /** The places of the encoded test set, [n, 2]. */
  points(): Float32Array
}

/** Calls `events` for what pointers and keys do on a plane's element. */
export function listen(element: HTMLElement, events: PlaneEvents, plane: PlaneAccess): void {
  const { content, frame, points } = plane
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
    // A finger has no place while it does not touch: it picks.
    if (event.pointerType === 'touch') return
    const [x, y] = place(event)
    events.hover?.(nearest(points(), content(), frame(), x, y), x, y)
  })
  element.addEventListener('pointerleave', event => {
    if (event.pointerType !== 'touch') events.hover?.(undefined, 0, 0)
  })
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
