/** A reference to a shared resource. */
export interface Lease<T> {
  value: Promise<T>
  /** Releases the reference; further calls do nothing. */
  release(): void
}

/** Reference-counted resources by key: created for a key's first user, dropped with its last. */
export interface SharedResources {
  /**
   * References the resource of a key. A creation that fails is not kept.
   *
   * @param create makes the resource; its signal aborts when there are no users left
   */
  lease<T>(key: string, create: (signal: AbortSignal) => Promise<T>): Lease<T>
}

interface Entry {
  value: Promise<unknown>
  users: number
  abort: AbortController
}

/** Creates an empty set of shared resources. */
export function createSharedResources(): SharedResources {
  const entries = new Map<string, Entry>()

  function drop(key: string, entry: Entry): void {
    if (entries.get(key) === entry) entries.delete(key)
  }

  return {
    lease<T>(key: string, create: (signal: AbortSignal) => Promise<T>): Lease<T> {
      let entry = entries.get(key)
      if (!entry) {
        const abort = new AbortController()
        const created: Entry = { value: create(abort.signal), users: 0, abort }
        entries.set(key, created)
        created.value.catch(() => drop(key, created))
        entry = created
      }
      const used = entry
      used.users++
      let released = false
      return {
        value: used.value as Promise<T>,
        release() {
          if (released) return
          released = true
          if (--used.users > 0) return
          drop(key, used)
          used.abort.abort()
        },
      }
    },
  }
}
