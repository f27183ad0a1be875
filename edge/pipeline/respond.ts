import type { ModelCatalog } from '../catalog/model-catalog.ts'
import type { Compressor } from '../http/compress.ts'
import { applyConditions } from '../http/conditional.ts'
import { openRateAccount, type RateAccount } from '../http/rate-limit.ts'
import type { Reply } from '../http/reply.ts'
import type { CompleteReply, ReplyCache } from '../http/reply-cache.ts'
import type { RequestHead } from '../http/request-head.ts'
import type { Platform } from '../platform.ts'
import type { HeavyQueue } from './heavy-queue.ts'
import type { ParsedRequestCache } from './parsed-request-cache.ts'

/** The shared parts that requests are answered with. There is one of each in a process. */
export interface Service {
  platform: Platform
  catalog: ModelCatalog
  /** Replies that are kept in memory. */
  replies: ReplyCache
  parsedRequests: ParsedRequestCache
  queue: HeavyQueue
  /** Compresses replies; returns them as they are where the runtime compresses. */
  compress: Compressor
}

/**
 * Replies to a request: charges one unit to its client (by API key, else by address), makes the reply, keeps it in memory
 * where that is allowed, and applies the request's conditions (If-None-Match and others).
 *
 * @param make makes the reply without conditions; it may charge more units
 * @throws Problem
 */
export async function respond(
  { platform, catalog, replies }: Service,
  head: RequestHead,
  make: (rate: RateAccount) => Promise<Reply>,
): Promise<Reply> {
  const before = await catalog.list()
  const { keys } = platform
  const isKeyed = keys && head.authorization !== undefined
  const rate = isKeyed
    ? await keys.authenticate(head.authorization as string)
    : openRateAccount(platform, head.client)
  await rate.charge(1)
  const reply = await make(rate)
  // If the list of models changed meanwhile, the reply may come from a version that is no longer chosen: do not keep it.
  if (isComplete(reply) && reply.keep && head.method === 'GET' && before === (await catalog.list())) {
    const headers = { ...reply.headers, 'server-timing': 'cache;desc="memory"' }
    const { status, body, compress } = reply
    replies.set(head.key, { status, body, headers, compress, reused: true })
  }
  return applyConditions({ ...reply, headers: { ...reply.headers, ...rate.headers() } }, head)
}

function isComplete(reply: Reply): reply is CompleteReply {
  return reply.body instanceof Uint8Array
}
