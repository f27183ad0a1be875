import type { ModelFile } from '../../models/registry/keys.ts'
import { cacheControl } from '../catalog/choose-version.ts'
import type { ModelCatalog } from '../catalog/model-catalog.ts'
import { entityTag } from '../http/entity-tag.ts'
import { COMMON_HEADERS } from '../http/headers.ts'
import type { Reply } from '../http/reply.ts'
import type { Client } from '../platform.ts'

/** One of a model's files, or its card. @throws Problem */
export async function modelFileReply(
  catalog: ModelCatalog,
  name: string,
  file: ModelFile | 'card.json',
  client: Client,
): Promise<Reply> {
  const { model, scope } = await catalog.find(name, { seed: null, client })
  const { id, version } = model.card
  const isCard = file === 'card.json'
  const body = isCard ? new TextEncoder().encode(JSON.stringify(model.card, null, 1)) : await model.file(file)
  return {
    status: 200,
    keep: scope !== 'client',
    body,
    headers: {
      ...COMMON_HEADERS,
      'content-type': isCard ? 'application/json' : 'application/octet-stream',
      'content-length': String(body.length),
      etag: entityTag(body),
      'content-location': `/v1/models/${id}@${version}/${file}`,
      'cache-control': cacheControl(scope),
      'x-model': `${id}@${version}`,
    },
  }
}
