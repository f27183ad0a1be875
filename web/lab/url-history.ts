import { type State, writeState } from './state.ts'

/** Keeps the page's address in agreement with its state. */
export interface UrlHistory {
  /** @param how 'push' makes a step that the browser's back button undoes */
  write(state: State, how?: 'push'): void
  /** Writes a state that `write` has postponed. */
  flush(): void
}

/**
 * Milliseconds without a change after which the address is written: browsers limit the number of changes per second, so
 * a drag is written once it pauses.
 */
const REST = 200

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
      else timer = setTimeout(flush, REST)
    },
    flush,
  }
}
