/** Draws the elements of a page in one `requestAnimationFrame` callback a frame. */
export interface AnimationLoop {
  /** Calls `draw` in the next frame of `window` that has time for it. @returns cancels it */
  schedule(window: Window, draw: (now: number) => void): () => void
}

/** Milliseconds a frame to draw in; elements that are left over are drawn first in the next frame. */
const BUDGET = 6
/** A frame that took longer than this, in milliseconds, was late: the browser has too much to paint. */
const LATE = 25
const FEWEST_DRAWS = 8
const MOST_DRAWS = 256

interface Queue {
  draws: Set<(now: number) => void>
  isRequested: boolean
  /** Draws a frame: lowered by a third after a late frame, raised by one after a frame in time. */
  limit: number
  lastFrame: number
}

/**
 * A hundred elements cannot all be decoded, drawn and painted in each frame. This limits them to as many as leave the
 * page its frame rate; each element then moves on by the time that has passed.
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
