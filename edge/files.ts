import { entityTag } from './answers.ts'
import { COMMON_HEADERS } from './headers.ts'
import type { Models } from './models.ts'
import type { ModelFile } from './platform.ts'
import type { Served } from './serve.ts'

/** A file of a model as it is, or its card. */
export async function fileAnswer(
  models: Models,
  name: string,
  file: ModelFile | 'card.json',
): Promise<Served> {
  const { model, pinned } = await models.find(name)
  const { id, version } = model.card
  const isCard = file === 'card.json'
  const body = isCard ? new TextEncoder().encode(JSON.stringify(model.card, null, 1)) : await model.file(file)
  return {
    keep: true,
    body,
    headers: {
      ...COMMON_HEADERS,
      'content-type': isCard ? 'application/json' : 'application/octet-stream',
      'content-length': String(body.length),
      etag: entityTag(body),
      'content-location': `/v1/models/${id}@${version}/${file}`,
      'cache-control': pinned ? 'public, max-age=31536000, immutable' : 'public, max-age=60, must-revalidate',
      'x-model': `${id}@${version}`,
    },
  }
}
