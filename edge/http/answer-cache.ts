import { murmur3Pair } from './murmur3.ts'
import type { Reply } from './reply.ts'

/** A finished answer: its bytes and the headers that belong to them. */
export interface Answer {
  body: Uint8Array<ArrayBuffer>
  headers: Record<string, string>
}

/** Finished answers in this process's memory, up to a number of bytes; the least recently used go first. */
export interface Answers {
  get(key: string): Answer | undefined
  set(key: string, answer: Answer): void
  clear(): void
}

// What an entry takes beside its body: headers, twice once it was sent, key, the map's own.
const OVERHEAD = 2048

/** @param capacity bytes, bodies and overhead together */
export function answerCache(capacity: number): Answers {
  const held = new Map<string, Answer>()
  let total = 0
  const size = (key: string, { body }: Answer) => body.length + 2 * key.length + OVERHEAD
  const remove = (key: string, answer: Answer) => {
    held.delete(key)
    total -= size(key, answer)
  }
  return {
    get(key) {
      const answer = held.get(key)
      if (!answer) return undefined
      held.delete(key)
      held.set(key, answer)
      return answer
    },
    set(key, answer) {
      const before = held.get(key)
      if (before) remove(key, before)
      // One large answer must not push out many small ones.
      if (size(key, answer) > capacity / 8) return
      held.set(key, answer)
      total += size(key, answer)
      for (const [oldest, old] of held) {
        if (total <= capacity) break
        remove(oldest, old)
      }
    },
    clear() {
      held.clear()
      total = 0
    },
  }
}

/**
 * A strong entity tag: the bytes' MurmurHash3 with two seeds. It tells answers apart at a fraction of what SHA-256
 * costs beside a decode of 0.1 ms; it is no defence against forged answers, and needs to be none.
 */
export function entityTag(bytes: Uint8Array): string {
  const hashes = murmur3Pair(bytes, 0, 0x9747b28c)
  return `"${hashes.map(hash => hash.toString(16).padStart(8, '0')).join('')}"`
}

/** Whether an If-None-Match header names the tag, by weak comparison (RFC 9110, 13.1.2). */
export function matchesTag(ifNoneMatch: string | undefined, etag: string): boolean {
  if (!ifNoneMatch) return false
  if (ifNoneMatch.trim() === '*') return true
  return ifNoneMatch.split(',').some(tag => tag.trim().replace(/^W\//, '') === etag)
}

/**
 * The reply that gives an answer: 304 without a body if the client has it already.
 *
 * @param again whether the same answer is given more than once
 */
export function replyWith({ body, headers }: Answer, ifNoneMatch: string | undefined, again: boolean): Reply {
  if (!headers.etag || !matchesTag(ifNoneMatch, headers.etag)) return { status: 200, body, headers, again }
  const { 'content-length': _, 'content-type': __, ...rest } = headers
  return { status: 304, body: null, headers: rest }
}
