import type { ModelFile } from '../../models/registry/keys.ts'
import { type Asker, cacheControl } from '../catalog/choose-version.ts'
import type { Models } from '../catalog/models.ts'
import { entityTag } from '../http/answer-cache.ts'
import { COMMON_HEADERS } from '../http/headers.ts'
import type { Served } from './serve.ts'

/** A file of a model as it is, or its card. */
export async function fileAnswer(
  models: Models,
  name: string,
  file: ModelFile | 'card.json',
  asker: Asker,
): Promise<Served> {
  const { model, reach } = await models.find(name, asker)
  const { id, version } = model.card
  const isCard = file === 'card.json'
  const body = isCard ? new TextEncoder().encode(JSON.stringify(model.card, null, 1)) : await model.file(file)
  return {
    keep: reach !== 'client',
    body,
    headers: {
      ...COMMON_HEADERS,
      'content-type': isCard ? 'application/json' : 'application/octet-stream',
      'content-length': String(body.length),
      etag: entityTag(body),
      'content-location': `/v1/models/${id}@${version}/${file}`,
      'cache-control': cacheControl(reach),
      'x-model': `${id}@${version}`,
    },
  }
}
