/** Draws all elements of a page in one `requestAnimationFrame` callback per frame. */
export interface AnimationLoop {
  /** Calls `draw` in the next frame of `window` that has time for it. @returns a function that cancels that */
  schedule(window: Window, draw: (now: number) => void): () => void
}

/** Milliseconds of drawing in one frame. Elements that are left over come first in the next frame. */
const BUDGET = 6
/** A frame that took longer than this, in milliseconds, was late: the browser has more to paint than it can. */
const LATE = 25
const FEWEST_DRAWS = 8
const MOST_DRAWS = 256

interface Queue {
  draws: Set<(now: number) => void>
  isRequested: boolean
  /** How many elements are drawn in a frame: a third less after a late frame, one more after one in time. */
  limit: number
  lastFrame: number
}

/**
 * Creates the loop. A hundred elements cannot all be decoded, drawn and painted in each frame, so it draws as many as
 * let the page keep its frame rate. An element that had to wait moves on by the time that has passed.
 */
export function createAnimationLoop(): AnimationLoop {
  const queues = new WeakMap<Window, Queue>()

  function runFrame(window: Window, queue: Queue, now: number): void {
    const isLate = now - queue.lastFrame > LATE
    queue.limit = isLate
      ? Math.max(FEWEST_DRAWS, Math.floor(queue.limit * 0.67))
      : Math.min(MOST_DRAWS, queue.limit + 1)
    queue.lastFrame = now
    queue.isRequested = false
    const start = performance.now()
    for (const draw of [...queue.draws].slice(0, queue.limit)) {
      queue.draws.delete(draw)
      draw(now)
      if (performance.now() - start > BUDGET) break
    }
    if (queue.draws.size > 0) requestFrame(window, queue)
  }

  function requestFrame(window: Window, queue: Queue): void {
    if (queue.isRequested) return
    queue.isRequested = true
    window.requestAnimationFrame(now => runFrame(window, queue, now))
  }

  return {
    schedule(window, draw) {
      let queue = queues.get(window)
      if (!queue) {
        const lastFrame = Number.POSITIVE_INFINITY
        queue = { draws: new Set(), isRequested: false, limit: MOST_DRAWS, lastFrame }
        queues.set(window, queue)
      }
      const { draws } = queue
      draws.add(draw)
      requestFrame(window, queue)
      return () => draws.delete(draw)
    },
  }
}
