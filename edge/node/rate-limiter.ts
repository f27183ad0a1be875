import { LRUCache } from 'lru-cache'
import type { RateVerdict } from '../platform.ts'

/** Clients remembered; beyond, the one that has been silent longest is forgotten. */
const CLIENTS = 50_000

/**
 * Limits each client to `limit` units in windows of `window` seconds, which begin with its first request.
 *
 * @param now milliseconds, for tests
 */
export function rateLimiter(
  limit: number,
  window: number,
  now: () => number = () => performance.now(),
): (client: string, cost?: number) => RateVerdict {
  const windows = new LRUCache<string, { used: number; ends: number }>({ max: CLIENTS })
  return (client, cost = 1) => {
    const time = now()
    let current = windows.get(client)
    if (!current || current.ends <= time) {
      current = { used: 0, ends: time + window * 1000 }
      windows.set(client, current)
    }
    current.used += cost
    return {
      allowed: current.used <= limit,
      limit,
      window,
      remaining: Math.max(0, limit - current.used),
      reset: Math.ceil((current.ends - time) / 1000),
    }
  }
}
