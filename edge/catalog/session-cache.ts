import type { Session, SessionCache } from '../platform.ts'

/** Thrown when a session cannot be opened, or not in time. */
export class SessionError extends Error {}

interface Entry {
  bytes: number
  /** Requests that are running on it. */
  users: number
  evicted: boolean
  opening: Promise<Session>
  session?: Session
}

/** Milliseconds that a request waits for a session to open, whichever request began it. */
const OPEN_TIMEOUT = 20_000

/**
 * A cache of sessions of at most `capacity` bytes, which evicts the least recently used. A session in use is released
 * only after its last user; general caches do not count users, so this one is our own.
 *
 * @param keepAlive lets an opening continue after the request that began it: others may be waiting for it
 */
export function sessionCache(capacity: number, keepAlive: (work: Promise<unknown>) => void): SessionCache {
  // In order of use: the most recently used last.
  const entries = new Map<string, Entry>()

  function start(key: string, bytes: number, open: () => Promise<Session>): Entry {
    const entry: Entry = { bytes, users: 0, evicted: false, opening: open() }
    const settled = entry.opening.then(
      session => {
        entry.session = session
        entry.evicted = entries.get(key) !== entry
        if (entry.evicted) releaseIfIdle(entry)
        else evict(key)
      },
      () => {
        if (entries.get(key) === entry) entries.delete(key)
      },
    )
    keepAlive(settled)
    entries.set(key, entry)
    return entry
  }
  function evict(except: string): void {
    let total = 0
    for (const { bytes } of entries.values()) total += bytes
    for (const [key, entry] of entries) {
      if (total <= capacity) return
      if (key === except || !entry.session) continue
      entries.delete(key)
      entry.evicted = true
      total -= entry.bytes
      releaseIfIdle(entry)
    }
  }
  async function waitFor(key: string, entry: Entry): Promise<Session> {
    let timer: ReturnType<typeof setTimeout> | undefined
    const timeout = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        if (entries.get(key) === entry) entries.delete(key)
        reject(new SessionError(`${key}: not loaded within ${OPEN_TIMEOUT / 1000} s`))
      }, OPEN_TIMEOUT)
    })
    try {
      return await Promise.race([entry.opening, timeout])
    } catch (error) {
      if (error instanceof SessionError) throw error
      throw new SessionError(`${key}: ${error instanceof Error ? error.message : error}`, { cause: error })
    } finally {
      clearTimeout(timer)
    }
  }

  return {
    add(key, bytes, session) {
      entries.set(key, { bytes, users: 0, evicted: false, opening: Promise.resolve(session), session })
      evict(key)
    },
    async use(key, bytes, open, work) {
      const entry = entries.get(key) ?? start(key, bytes, open)
      entries.delete(key)
      entries.set(key, entry)
      entry.users++
      try {
        return await work(entry.session ?? (await waitFor(key, entry)))
      } finally {
        entry.users--
        if (entry.evicted) releaseIfIdle(entry)
      }
    },
  }
}

function releaseIfIdle(entry: Entry): void {
  if (entry.users === 0) entry.session?.release()
}
