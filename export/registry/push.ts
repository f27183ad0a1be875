import type { KeyObject } from 'node:crypto'
import { isDeepStrictEqual } from 'node:util'
import { fileKey, MODEL_FILES, type ModelFile } from '../../models/registry/keys.ts'
import { findFault, type ModelVersion, readCard } from '../../models/registry/version.ts'
import { signVersion } from './sign.ts'
import type { Bucket } from './stores/bucket.ts'

/** The result of pushing one file. */
export type PushOutcome = 'uploaded' | 'there already' | 'repaired'

/**
 * Puts a version into a bucket: its files, each read back and compared, then its card, which makes it a version. Files that
 * are there already are left; a push that was cut off can be repeated. It changes no channel: the version is not served yet.
 *
 * @param onFile called after each file
 * @param key signs the version; its signature is there before its card
 * @returns whether anything had to be written
 * @throws Error when the bucket keeps other bytes than were sent, or holds another card for these very files
 */
export async function pushModel(
  bucket: Bucket,
  { card, files }: ModelVersion,
  onFile: (
    file: ModelFile | 'card.json' | 'model.sig',
    bytes: number,
    outcome: PushOutcome,
  ) => void = () => {},
  key?: KeyObject,
): Promise<boolean> {
  const there = await readCard(bucket, card.id, card.version).catch(() => null)
  if (there) requireSame(card, there)
  let wrote = false
  for (const file of MODEL_FILES) {
    const outcome = await pushFile(bucket, { card, files }, file)
    wrote ||= outcome !== 'there already'
    onFile(file, files[file].length, outcome)
  }
  const bytes = new TextEncoder().encode(`${JSON.stringify(card, null, 2)}\n`)
  if (key) {
    const stored = there && (await bucket.get(fileKey(card.id, card.version, 'card.json')))
    const signature = await signVersion(
      { card },
      { ...files, 'card.json': stored ? stored.bytes : bytes },
      key,
    )
    await bucket.put(fileKey(card.id, card.version, 'model.sig'), signature)
    onFile('model.sig', signature.length, 'uploaded')
    wrote = true
  }
  if (!there) {
    // A card that cannot be read is damaged and is replaced. Where there is none, another process must not add one meanwhile.
    const key = fileKey(card.id, card.version, 'card.json')
    await bucket.put(key, bytes, there === null ? undefined : 'absent')
    const kept = await readCard(bucket, card.id, card.version)
    if (!kept) throw new Error(`${bucket.name}: ${key}: was written, and cannot be found`)
    requireSame(card, kept)
    wrote = true
  }
  onFile('card.json', bytes.length, there ? 'there already' : there === null ? 'repaired' : 'uploaded')
  return wrote
}

async function pushFile(
  bucket: Bucket,
  { card, files }: ModelVersion,
  file: ModelFile,
): Promise<PushOutcome> {
  const key = fileKey(card.id, card.version, file)
  const before = await bucket.get(key)
  if (before && !(await findFault(card, file, before.bytes))) return 'there already'
  await bucket.put(key, files[file])
  const after = await bucket.get(key)
  const fault = after ? await findFault(card, file, after.bytes) : 'it cannot be found'
  if (fault) throw new Error(`${bucket.name}: ${key}: the file read back is not the file written: ${fault}`)
  return before ? 'repaired' : 'uploaded'
}

/** Checks that a version that exists does not get another card: versions are never changed. */
function requireSame(card: ModelVersion['card'], there: ModelVersion['card']): void {
  if (isDeepStrictEqual(card, there)) return
  const fields = Object.keys(card) as (keyof typeof card)[]
  const differing = fields.filter(field => !isDeepStrictEqual(card[field], there[field]))
  throw new Error(
    `${card.id}@${card.version} is there already with the same models and another card (${differing.join(', ')}). ` +
      'A version is never changed: push the folder it came from, or train the model again.',
  )
}
