import { liveVersions, stableLine } from '../../models/registry/channel.ts'
import { fileKey, MODEL_FILES } from '../../models/registry/keys.ts'
import { readChannel } from './channels.ts'
import { type ListedVersion, listVersions } from './list-versions.ts'
import type { Bucket } from './stores/bucket.ts'

/** Milliseconds after which a push without a card counts as given up. */
const GIVEN_UP = 24 * 3600 * 1000

/** A version that is deleted, and the reason. */
export interface Pruned {
  version: ListedVersion
  why: string
}

/**
 * Deletes old versions, a model at a time: all but the newest `keep`, those that answer, and the one a rollback would
 * go to. Pushes that were never finished go after a day.
 *
 * @param dry only reports what would be deleted
 * @param onPruned called before each is deleted
 */
export async function pruneVersions(
  bucket: Bucket,
  { keep, dry, now = Date.now() }: { keep: number; dry: boolean; now?: number },
  onPruned: (pruned: Pruned) => void = () => {},
): Promise<Pruned[]> {
  const versions = await listVersions(bucket)
  const pruned: Pruned[] = []
  for (const id of new Set(versions.map(version => version.id))) {
    const own = versions.filter(version => version.id === id)
    const kept = new Set(
      own
        .filter(({ whole }) => whole)
        .slice(0, keep)
        .map(({ version }) => version),
    )
    for (const version of own) {
      if (kept.has(version.version)) continue
      if (!version.whole && now - version.uploaded.getTime() < GIVEN_UP) continue
      // Read the channel right before each version is deleted: the version may have been promoted meanwhile.
      if ((await needed(bucket, id)).has(version.version)) continue
      const why = version.whole ? `older than the newest ${keep}` : 'never finished'
      onPruned({ version, why })
      pruned.push({ version, why })
      if (!dry) await removeVersion(bucket, version)
    }
  }
  return pruned
}

async function needed(bucket: Bucket, id: string): Promise<Set<string>> {
  const { channel } = await readChannel(bucket, id)
  return new Set(
    channel
      ? [
          ...liveVersions(channel),
          ...stableLine(channel).slice(-2),
          ...(channel.floor ? [channel.floor] : []),
        ]
      : [],
  )
}

/** Deletes the card first: without it, the files that are left are no version. */
async function removeVersion(bucket: Bucket, { id, version, files }: ListedVersion): Promise<void> {
  for (const file of ['card.json', 'model.sig', ...MODEL_FILES] as const) {
    if (files.includes(file)) await bucket.remove(fileKey(id, version, file))
  }
}
