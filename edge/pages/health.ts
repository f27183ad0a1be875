import type { ModelCatalog } from '../catalog/model-catalog.ts'
import { findReadyModel } from '../catalog/ready-model.ts'
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
 * The server is ready: one of its models decodes. Versions and models that should be served but cannot be are listed.
 *
 * @throws Problem model-unavailable where no model decodes, shutting-down
 */
export async function readyReply(platform: Platform, catalog: ModelCatalog): Promise<Reply> {
  if (platform.isShuttingDown?.()) throw new Problem('shutting-down', 'Send requests to another server.')
  const model = await findReadyModel(platform, catalog)
  if (model === undefined) {
    throw new Problem('model-unavailable', 'No model answers.', [], { 'retry-after': '5' })
  }
  const incidents = incidentsOf(platform)
  const listed = incidents.length > 0 && { incidents }
  const started = platform.runtimeStart && { runtimeStart: platform.runtimeStart.during }
  return jsonReply({ status: 'ready', model, ...started, ...listed }, NOT_STORED)
}

function incidentsOf({ store, runtimeStart }: Platform): Incident[] {
  const stored = store.incidents?.() ?? []
  const reason = runtimeStart?.failure
  return reason === undefined ? stored : [{ name: 'start of the runtime', reason }, ...stored]
}
