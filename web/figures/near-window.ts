/** Distance from the window at which something starts to load. */
const NEAR = '300px'
/** Milliseconds that it must stay there, so that scrolling past loads nothing. */
const REST = 120

/** Elements that start when they come near the window. */
export interface NearWindow {
  /** Calls `start` when the element has come near; once watched, an element keeps its first `start`. */
  watch(element: Element | undefined, start: () => void): void
  /** Starts these elements now, as far as they are watched. */
  startNow(elements: Iterable<Element>): void
  close(): void
}

/** Watches where elements are relative to the window. */
export function createNearWindow(): NearWindow {
  const starts = new WeakMap<Element, () => void>()
  const timers = new Map<Element, ReturnType<typeof setTimeout>>()

  const observer = new IntersectionObserver(
    entries => {
      for (const { target, isIntersecting } of entries) {
        clearTimeout(timers.get(target))
        if (isIntersecting) timers.set(target, setTimeout(start, REST, target))
      }
    },
    { rootMargin: NEAR },
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
