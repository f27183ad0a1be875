import { type State, writeState } from './state.ts'

/** Writes the state into the page's address. */
export interface UrlHistory {
  /** @param how 'push' adds a step that the browser's back button undoes */
  write(state: State, how?: 'push'): void
  /** Writes a state that is still waiting to be written. */
  flush(): void
}

/**
 * The address is written this many milliseconds after the last change, because browsers limit the number of writes per
 * second: a drag is written once it pauses.
 */
const PAUSE_MS = 200

/** Creates the writer of the page's address. */
export function createUrlHistory(): UrlHistory {
  let timer: ReturnType<typeof setTimeout> | undefined
  let late: (() => void) | undefined
  function flush(): void {
    clearTimeout(timer)
    late?.()
    late = undefined
  }
  return {
    write(state, how) {
      clearTimeout(timer)
      late = () => {
        const url = location.pathname + writeState(state)
        if (url === location.pathname + location.search) return
        if (how === 'push') history.pushState(null, '', url)
        else history.replaceState(null, '', url)
      }
      if (how === 'push') flush()
      else timer = setTimeout(flush, PAUSE_MS)
    },
    flush,
  }
}
