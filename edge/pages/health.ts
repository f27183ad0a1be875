import { pointSize } from '../../models/draws.ts'
import { messageOf } from '../catalog/model.ts'
import type { ModelCatalog } from '../catalog/model-catalog.ts'
import { Problem } from '../http/problem.ts'
import { jsonReply, type Reply } from '../http/reply.ts'
import type { Incident, Platform } from '../platform.ts'

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
  // The default model first: in a Worker it is the one that is loaded.
  const first = await catalog.defaultId()
  const entries = await catalog.list()
  const inOrder = [...entries.filter(({ id }) => id === first), ...entries.filter(({ id }) => id !== first)]
  for (const { id, card } of inOrder) {
    if (!card) continue
    try {
      const { model } = await catalog.find(id)
      const point = new Float32Array(pointSize(card))
      point.set(card.prior.mean)
      const xhat = await model.decode(point)
      if (!xhat.every(Number.isFinite)) continue
      const incidents = incidentsOf(platform)
      const listed = incidents.length > 0 && { incidents }
      const started = platform.runtimeStart && { runtimeStart: platform.runtimeStart.during }
      return jsonReply({ status: 'ready', model: id, ...started, ...listed }, NOT_STORED)
    } catch (error) {
      platform.log(`readyz: ${id}: ${messageOf(error)}`)
    }
  }
  throw new Problem('model-unavailable', 'No model answers.', [], { 'retry-after': '5' })
}

function incidentsOf({ store, runtimeStart }: Platform): Incident[] {
  const stored = store.incidents?.() ?? []
  const reason = runtimeStart?.failure
  return reason === undefined ? stored : [{ name: 'start of the runtime', reason }, ...stored]
}
