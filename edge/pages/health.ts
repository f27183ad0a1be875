import { pointSize } from '../../models/draws.ts'
import { messageOf } from '../catalog/model.ts'
import type { ModelCatalog } from '../catalog/model-catalog.ts'
import { Problem } from '../http/problem.ts'
import { jsonReply, type Reply } from '../http/reply.ts'
import type { Platform } from '../platform.ts'

const NOT_STORED = { 'cache-control': 'no-store' }

// Made once: load balancers ask every few seconds.
const ALIVE: Reply = { ...jsonReply({ status: 'ok' }, NOT_STORED), reused: true }

/** The server is alive. */
export function healthReply(): Reply {
  return ALIVE
}

/**
 * The server is ready: one of its models decodes. Versions and models that should answer and cannot are listed.
 *
 * @throws Problem model-unavailable where no model decodes, shutting-down
 */
export async function readyReply(platform: Platform, catalog: ModelCatalog): Promise<Reply> {
  if (platform.isShuttingDown?.()) throw new Problem('shutting-down', 'Send requests to another server.')
  for (const { id, card } of await catalog.list()) {
    if (!card) continue
    try {
      const { model } = await catalog.find(id)
      const point = new Float32Array(pointSize(card))
      point.set(card.prior.mean)
      const xhat = await model.decode(point)
      if (!xhat.every(Number.isFinite)) continue
      const incidents = platform.store.incidents?.() ?? []
      const listed = incidents.length > 0 && { incidents }
      return jsonReply({ status: 'ready', model: id, ...listed }, NOT_STORED)
    } catch (error) {
      platform.log(`readyz: ${id}: ${messageOf(error)}`)
    }
  }
  throw new Problem('model-unavailable', 'No model answers.', [], { 'retry-after': '5' })
}
