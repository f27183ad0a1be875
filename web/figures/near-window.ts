/** An element starts to load at this distance from the window. */
const DISTANCE = '300px'
/** It must stay there for this many milliseconds, so that scrolling past loads nothing. */
const STAY_MS = 120

/** Starts elements when they come near the window. */
export interface NearWindow {
  /** Calls `start` once the element has come near. An element that is watched already keeps its first `start`. */
  watch(element: Element | undefined, start: () => void): void
  /** Starts those of these elements that are watched now. */
  startNow(elements: Iterable<Element>): void
  close(): void
}

/** Creates the watcher. */
export function createNearWindow(): NearWindow {
  const starts = new WeakMap<Element, () => void>()
  const timers = new Map<Element, ReturnType<typeof setTimeout>>()

  const observer = new IntersectionObserver(
    entries => {
      for (const { target, isIntersecting } of entries) {
        clearTimeout(timers.get(target))
        if (isIntersecting) timers.set(target, setTimeout(start, STAY_MS, target))
      }
    },
    { rootMargin: DISTANCE },
  )
  function start(target: Element): void {
    observer.unobserve(target)
    starts.get(target)?.()
  }

  return {
    watch(element, begin) {
      if (!element || starts.has(element)) return
      starts.set(element, begin)
      observer.observe(element)
    },
    startNow(elements) {
      for (const element of elements) if (starts.has(element)) start(element)
    },
    close() {
      observer.disconnect()
      for (const timer of timers.values()) clearTimeout(timer)
    },
  }
}
