/** Repeats an action that failed, after delays that double from one failure to the next. */
export interface RetryTimer {
  /** The action failed: it is repeated after a delay. @param retryAfter least delay in ms, which the server asked for */
  start(retryAfter: number): void
  /** Repeats the action now if it waits to be repeated. */
  repeatNow(): void
  /** Gives the repetition up; the next failure has the first delay again. */
  reset(): void
  /** While it is suspended, nothing is repeated; at its end, what waits is repeated at once. */
  setSuspended(suspended: boolean): void
}

/** Milliseconds before the first repetition, and the longest. */
const FIRST_DELAY = 4000
const LONGEST_DELAY = 60_000

/** Creates a timer that calls `action` for each repetition. */
export function createRetryTimer(action: () => void): RetryTimer {
  /** The least delay of the repetition that waits. */
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
      // Some randomness, so that the elements of many pages do not all meet a restarted server at once.
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
