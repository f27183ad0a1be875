import { Problem } from '../http/problem.ts'
import type { Session } from '../platform.ts'

/** Loaded sessions, kept for reuse up to a number of bytes; the least recently used go first. */
export interface Sessions {
  /**
   * Runs `work` with the session of `key`, opening it if need be. A session is never released while in use; one that
   * failed to open is forgotten, so that the next request tries again.
   *
   * @param bytes what it takes once loaded
   */
  use<T>(
    key: string,
    bytes: number,
    open: () => Promise<Session>,
    work: (session: Session) => Promise<T>,
  ): Promise<T>
}

interface Held {
  bytes: number
  /** Requests running on it now. */
  users: number
  evicted: boolean
  opening: Promise<Session>
  session?: Session
}

/** How long a request waits for another's opening before it gives up on that one, milliseconds. */
const PATIENCE = 20_000

/**
 * A cache of sessions of at most `capacity` bytes, beyond which it holds just those in use.
 *
 * @param keepAlive lets an opening go on after the request that began it has ended: others may be waiting for it
 */
export function sessionCache(capacity: number, keepAlive: (work: Promise<unknown>) => void): Sessions {
  const held = new Map<string, Held>()

  function start(key: string, bytes: number, open: () => Promise<Session>): Held {
    const entry: Held = { bytes, users: 0, evicted: false, opening: open() }
    const settled = entry.opening.then(
      session => {
        entry.session = session
        entry.evicted = held.get(key) !== entry
        if (entry.evicted) releaseIfIdle(entry)
        else evict(key)
      },
      () => {
        if (held.get(key) === entry) held.delete(key)
      },
    )
    keepAlive(settled)
    held.set(key, entry)
    return entry
  }
  function evict(except: string): void {
    let total = 0
    for (const { bytes } of held.values()) total += bytes
    for (const [key, entry] of held) {
      if (total <= capacity) return
      if (key === except || !entry.session) continue
      held.delete(key)
      entry.evicted = true
      total -= entry.bytes
      releaseIfIdle(entry)
    }
  }
  async function wait(key: string, entry: Held): Promise<Session> {
    let timer: ReturnType<typeof setTimeout> | undefined
    const timeout = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        if (held.get(key) === entry) held.delete(key)
        reject(
          new Problem('model-unavailable', `${key} is taking too long to load.`, [], { 'retry-after': '5' }),
        )
      }, PATIENCE)
    })
    try {
      return await Promise.race([entry.opening, timeout])
    } finally {
      clearTimeout(timer)
    }
  }

  return {
    async use(key, bytes, open, work) {
      const entry = held.get(key) ?? start(key, bytes, open)
      // A Map iterates in order of insertion: the most recently used goes last.
      held.delete(key)
      held.set(key, entry)
      entry.users++
      try {
        return await work(entry.session ?? (await wait(key, entry)))
      } finally {
        entry.users--
        if (entry.evicted) releaseIfIdle(entry)
      }
    },
  }
}

function releaseIfIdle(entry: Held): void {
  if (entry.users === 0) entry.session?.release()
}
