import { type State, writeState } from './state.ts'

/** Keeps the page's address in step with its state. */
export interface UrlHistory {
  /** @param how 'push' makes a step that the browser's back button undoes */
  write(state: State, how?: 'push'): void
  /** Writes what `write` has put off. */
  flush(): void
}

/** Browsers allow few changes of the address a second, so those of a drag are written once it rests. */
const REST = 200

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
