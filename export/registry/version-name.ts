import { existsSync } from 'node:fs'
import path from 'node:path'
import { type Card, ModelId, Version } from '../../models/card.ts'
import { readCard } from '../../models/registry/version.ts'
import { readChannel } from './channels.ts'
import { failure } from './failure.ts'
import { listVersions } from './list-versions.ts'
import { readModelFolder } from './read-folder.ts'
import type { Bucket } from './stores/bucket.ts'

/** A model's version as the command line names it. */
export interface VersionName {
  id: string
  version: string
}

/**
 * Reads `id@version`, `id@stable`, `id@canary` or, where `plain` is allowed, `id` for its stable version.
 *
 * @throws Error saying what was expected; for a version that is not in the bucket, with the versions that are
 */
export async function readVersionName(bucket: Bucket, text: string, plain = false): Promise<VersionName> {
  const [id, version, ...rest] = text.split('@')
  const form = plain ? 'id, id@version, id@stable or id@canary' : 'id@version (or id@canary)'
  if (!ModelId.safeParse(id).success || rest.length > 0 || (version === undefined && !plain)) {
    throw failure(
      'usage',
      `expected ${form}, as in mnist-vae-l2-z2@ea61febf88c4, got ${JSON.stringify(text)}`,
    )
  }
  if (version === undefined || version === 'stable' || version === 'canary') {
    const { channel } = await readChannel(bucket, id)
    const found = version === 'canary' ? channel?.canary?.version : channel?.stable
    if (!found) throw new Error(`${id} has no ${version ?? 'stable'} version in ${bucket.name}`)
    return { id, version: found }
  }
  if (!Version.safeParse(version).success) {
    throw failure(
      'usage',
      `version: expected 12 hexadecimal digits, stable or canary, got ${JSON.stringify(version)}`,
    )
  }
  return { id, version }
}

/** The card of a version, or of a folder that the export wrote. @throws Error where there is none */
export async function readNamedCard(bucket: Bucket, text: string): Promise<Card> {
  if (existsSync(path.join(text, 'card.json'))) return (await readModelFolder(text)).card
  const { id, version } = await readVersionName(bucket, text, true)
  const card = await readCard(bucket, id, version)
  if (card) return card
  const there = (await listVersions(bucket, id)).map(each => each.version)
  throw new Error(
    `${id}@${version} is not in ${bucket.name}, which has ${there.join(', ') || 'none of that model'}`,
  )
}

/** The id of a model as the command line names it. @throws Error when the text is not an id */
export function readId(text: string): string {
  if (ModelId.safeParse(text).success) return text
  throw failure('usage', `expected the id of a model, such as mnist-vae-l2-z2, got ${JSON.stringify(text)}`)
}
