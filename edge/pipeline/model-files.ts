import type { Card } from '../../models/card.ts'
import { isModelFile, type StoredFile } from '../../models/registry/keys.ts'
import { cacheControl, type VersionScope } from '../catalog/choose-version.ts'
import { unavailable } from '../catalog/model.ts'
import type { ModelCatalog } from '../catalog/model-catalog.ts'
import { entityTag } from '../http/entity-tag.ts'
import { COMMON_HEADERS } from '../http/headers.ts'
import { Problem, wrongValue } from '../http/problem.ts'
import type { Reply } from '../http/reply.ts'
import type { Client, Platform } from '../platform.ts'

/**
 * A model's card as JSON.
 *
 * @param name `id` or `id@version`
 * @param density `omit` for null in place of the density
 * @throws Problem as `ModelCatalog.find`; invalid-value for another `density`
 */
export async function cardReply(
  catalog: ModelCatalog,
  name: string,
  density: string | undefined,
  client: Client,
): Promise<Reply> {
  if (density !== undefined && density !== 'omit') throw wrongValue('query', 'density', 'omit', density)
  const { model, scope } = await catalog.find(name, { seed: null, client })
  const { card } = model
  const isShort = density !== undefined && card.density
  const body = new TextEncoder().encode(JSON.stringify(isShort ? { ...card, density: null } : card))
  const reply = fileReply(card, 'card.json', body, scope)
  if (isShort) reply.headers['content-location'] = `/v1/models/${card.id}@${card.version}?density=omit`
  return reply
}

/**
 * A file of a version as it is stored, byte for byte, so that a signature over it can be checked.
 *
 * @throws Problem, not-found for the signature of a version that has none
 */
export async function storedFileReply(
  { catalog, platform }: { catalog: ModelCatalog; platform: Platform },
  name: string,
  file: StoredFile,
  client: Client,
): Promise<Reply> {
  const { model, scope } = await catalog.find(name, { seed: null, client })
  const { card } = model
  if (isModelFile(file)) return fileReply(card, file, await model.file(file), scope)
  const body = await platform.store.read(card.id, file, card.version).catch((error: Error) => {
    if (file === 'card.json') throw unavailable(card.id, error.message, platform)
    throw new Problem('not-found', `${card.id}@${card.version} has no signature.`)
  })
  return fileReply(card, file, body, scope)
}

function fileReply(
  { id, version }: Card,
  file: StoredFile,
  body: Uint8Array<ArrayBuffer>,
  scope: VersionScope,
): Reply {
  const isJson = !isModelFile(file)
  return {
    status: 200,
    keep: scope !== 'client',
    compress: isJson,
    body,
    headers: {
      ...COMMON_HEADERS,
      'content-type': isJson ? 'application/json' : 'application/octet-stream',
      'content-length': String(body.length),
      etag: entityTag(body),
      ...(isJson && { vary: 'accept-encoding' }),
      'content-location': `/v1/models/${id}@${version}/${file}`,
      'cache-control': cacheControl(scope),
      'x-model': `${id}@${version}`,
    },
  }
}
