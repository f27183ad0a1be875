/** Queues the drawing of a part of the page. If the part is queued already, only the new drawing is kept. */
export type DrawQueue = (part: object, draw: () => void) => void

/** Creates a queue that draws one part a frame, so that no frame takes long when many parts change at once. */
export function createDrawQueue(): DrawQueue {
  const waiting = new Map<object, () => void>()
  function drawNext(): void {
    const [[part, draw]] = waiting
    waiting.delete(part)
    if (waiting.size > 0) requestAnimationFrame(drawNext)
    draw()
  }
  return (part, draw) => {
    if (waiting.size === 0) requestAnimationFrame(drawNext)
    waiting.set(part, draw)
  }
}
