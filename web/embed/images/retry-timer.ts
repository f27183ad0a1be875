/** Repeats a failed action after delays that double with each failure. */
export interface RetryTimer {
  /** Repeats the action after a delay. @param retryAfter least delay in milliseconds, which the server asked for */
  start(retryAfter: number): void
  /** Repeats the action now, if it is waiting for its delay. */
  repeatNow(): void
  /** Cancels the repetition; the next failure starts with the first delay again. */
  reset(): void
  /** While suspended, nothing is repeated. When that ends, a waiting action is repeated at once. */
  setSuspended(suspended: boolean): void
}

/** The first delay and the longest, in milliseconds. */
const FIRST_DELAY = 4000
const LONGEST_DELAY = 60_000

/** Creates a timer that calls `action` for each repetition. */
export function createRetryTimer(action: () => void): RetryTimer {
  /** The least delay of the waiting repetition; undefined if none waits. */
  let waiting: number | undefined
  let suspended = false
  let attempts = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  function repeatNow(): void {
    if (waiting === undefined || suspended) return
    clearTimeout(timer)
    waiting = undefined
    attempts++
    action()
  }

  return {
    start(retryAfter) {
      clearTimeout(timer)
      waiting = retryAfter
      if (suspended) return
      // Random delays, so that elements on many pages do not all call a restarted server at once.
      const delay = Math.min(LONGEST_DELAY, FIRST_DELAY * 2 ** attempts) * (0.8 + 0.4 * Math.random())
      timer = setTimeout(repeatNow, Math.max(delay, retryAfter))
    },
    repeatNow,
    reset() {
      clearTimeout(timer)
      waiting = undefined
      attempts = 0
    },
    setSuspended(now) {
      suspended = now
      clearTimeout(timer)
      repeatNow()
    },
  }
}
