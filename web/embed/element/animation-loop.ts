/** Draws the elements of a page in one `requestAnimationFrame` callback a frame. */
export interface AnimationLoop {
  /** Calls `draw` in the next frame of `window` that has time for it. @returns cancels it */
  schedule(window: Window, draw: (now: number) => void): () => void
}

/**
 * Milliseconds a frame to draw in. What is left over is drawn first in the next frame, so that a page with a hundred
 * elements still scrolls and animates at the screen's rate.
 */
const BUDGET = 6

export function createAnimationLoop(): AnimationLoop {
  const queues = new Map<Window, Set<(now: number) => void>>()

  function runFrame(window: Window, queue: Set<(now: number) => void>, now: number): void {
    const start = performance.now()
    for (const draw of [...queue]) {
      queue.delete(draw)
      draw(now)
      if (performance.now() - start > BUDGET) break
    }
    if (queue.size > 0) requestFrame(window, queue)
    else queues.delete(window)
  }

  function requestFrame(window: Window, queue: Set<(now: number) => void>): void {
    window.requestAnimationFrame(now => runFrame(window, queue, now))
  }

  return {
    schedule(window, draw) {
      let queue = queues.get(window)
      if (!queue) {
        queue = new Set()
        queues.set(window, queue)
        requestFrame(window, queue)
      }
      queue.add(draw)
      return () => queue.delete(draw)
    },
  }
}
