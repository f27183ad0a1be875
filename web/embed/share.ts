/** A part in something that several hold: it is made for the first of them and dropped with the last. */
export interface Lease<T> {
  value: Promise<T>
  release(): void
}

interface Held {
  value: Promise<unknown>
  holders: number
  abort: AbortController
}

const held = new Map<string, Held>()

/**
 * Takes part in what is held under `key`, which is made if nobody holds it. What failed to be made is not held.
 *
 * @param make is told by `signal` when nobody waits for it any more
 */
export function share<T>(key: string, make: (signal: AbortSignal) => Promise<T>): Lease<T> {
  let entry = held.get(key)
  if (!entry) {
    const abort = new AbortController()
    const made: Held = (entry = { value: make(abort.signal), holders: 0, abort })
    held.set(key, made)
    made.value.catch(() => held.get(key) === made && held.delete(key))
  }
  const mine = entry
  mine.holders++
  let mineStill = true
  return {
    value: mine.value as Promise<T>,
    release() {
      if (!mineStill) return
      mineStill = false
      if (--mine.holders > 0) return
      if (held.get(key) === mine) held.delete(key)
      mine.abort.abort()
    },
  }
}
