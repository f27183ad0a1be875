import type { Verdict } from '../platform.ts'

/** Clients remembered at once; beyond, the longest known are forgotten. */
const CLIENTS = 50_000

/**
 * Counts requests of each client in windows of `window` seconds that begin with its first request.
 *
 * @param now milliseconds, for tests
 */
export function rateLimiter(
  limit: number,
  window: number,
  now: () => number = () => performance.now(),
): (client: string) => Verdict {
  const counts = new Map<string, { used: number; ends: number }>()
  return client => {
    const time = now()
    let count = counts.get(client)
    if (!count || count.ends <= time) {
      counts.delete(client)
      count = { used: 0, ends: time + window * 1000 }
      counts.set(client, count)
      if (counts.size > CLIENTS) counts.delete(counts.keys().next().value!)
    }
    count.used++
    return {
      allowed: count.used <= limit,
      limit,
      window,
      remaining: Math.max(0, limit - count.used),
      reset: Math.ceil((count.ends - time) / 1000),
    }
  }
}
