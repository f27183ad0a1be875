/** Draws a part of the page when its turn has come. A part that is given again before that is drawn once, as given last. */
export type DrawQueue = (part: object, draw: () => void) => void

/** A queue that draws one part a frame, so that no frame takes long where much changes at once. */
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
