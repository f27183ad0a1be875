import { LRUCache } from 'lru-cache'
import type { Reply } from './reply.ts'

/** A reply whose bytes are complete. */
export type CompleteReply = Reply & { body: Uint8Array<ArrayBuffer> }

/** Replies in this process's memory, by the key of a request's head. */
export interface ReplyCache {
  get(key: string): CompleteReply | undefined
  set(key: string, reply: CompleteReply): void
  clear(): void
}

// Estimated bytes of an entry besides its body: its headers, the form they are sent in, and the cache's bookkeeping.
const OVERHEAD = 2048

/** A cache of `capacity` bytes, bodies and overhead together; the least recently used replies are dropped first. */
export function replyCache(capacity: number): ReplyCache {
  return new LRUCache<string, CompleteReply>({
    maxSize: capacity,
    // One large reply must not displace many small ones.
    maxEntrySize: Math.floor(capacity / 8),
    sizeCalculation: ({ body }, key) => body.length + 2 * key.length + OVERHEAD,
  })
}
