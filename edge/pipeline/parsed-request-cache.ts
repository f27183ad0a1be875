import { LRUCache } from 'lru-cache'
import type { RequestHead } from '../http/request-head.ts'
import type { ParsedRequest } from './parse-request.ts'

/** Parsed GET requests, so that a request which differs from an earlier one only in its seed is not parsed again. */
export interface ParsedRequestCache {
  find(head: RequestHead): ParsedRequest | undefined
  keep(head: RequestHead, parsed: ParsedRequest): void
  clear(): void
}

/** Requests kept. */
const SIZE = 500
/** Longest path with query and Accept that is kept. */
const LENGTH = 500

/** An empty cache. */
export function parsedRequestCache(): ParsedRequestCache {
  const cache = new LRUCache<string, ParsedRequest>({ max: SIZE })
  return {
    find(head) {
      const { key, seed } = splitSeed(head.key)
      const parsed = cache.get(key)
      if (!parsed || seed === undefined) return parsed
      return seed <= 0xffffffff ? { ...parsed, query: { ...parsed.query, seed } } : undefined
    },
    keep({ method, key }, parsed) {
      // Under a canary, which version answers depends on seed or client.
      const isShared = parsed.scope === 'pinned' || parsed.scope === 'everyone'
      if (method === 'GET' && isShared && key.length <= LENGTH) cache.set(splitSeed(key).key, parsed)
    },
    clear: () => cache.clear(),
  }
}

/** Splits a request's key into the part that parsing depends on and the seed. */
function splitSeed(key: string): { key: string; seed?: number } {
  const match = /[?&]seed=(\d{1,10})(?=[&\n])/.exec(key)
  if (!match) return { key }
  const end = match.index + match[0].length
  const start = end - match[1].length
  return { key: `${key.slice(0, start)}\n${key.slice(end)}`, seed: Number(match[1]) }
}
