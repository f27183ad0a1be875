import { LRUCache } from 'lru-cache'
import type { Card } from '../../models/card.ts'
import { fileKey, isModelFile } from '../../models/registry/keys.ts'
import type { VerificationKey } from '../../models/registry/verification-key.ts'
import { type ModelVersion, readCard, readVersion } from '../../models/registry/version.ts'
import type { CatalogEntry, ModelStore } from '../platform.ts'
import { watchChannels } from './channel-watcher.ts'
import { fileCache } from './file-cache.ts'
import { openIncidents } from './incidents.ts'
import type { ReadableBucket } from './readable-bucket.ts'
import type { VersionFinder } from './resolve-channel.ts'
import { waitAtMost } from './timeout.ts'

/** Options of a versioned store. */
export interface VersionedStoreOptions {
  /** Models that exist without a bucket. */
  bundled: ModelStore
  bucket: ReadableBucket
  /** Milliseconds between reads of the channels; at most 30,000, so that a change answers within a minute. */
  interval: number
  /** Bytes of files kept in memory, which answer while the bucket cannot be read. */
  fileBytes: number
  /** The key that versions in the bucket must be signed by. */
  key?: VerificationKey | Promise<VerificationKey>
  /** Loads and runs a version before it answers. @throws Error when it does not work */
  selfTest(version: ModelVersion): Promise<void>
  /** Lets a read of the channels continue after the request that began it. */
  keepAlive(work: Promise<unknown>): void
  log(message: string): void
  /** Milliseconds, for tests. */
  now?(): number
  timeouts?: typeof TIMEOUTS
}

/** How long requests wait for the first read of the channels, and for one that is overdue; milliseconds. */
const TIMEOUTS = { first: 5000, overdue: 1500 }
/** Cards of pinned versions in memory. */
const PINNED_CARDS = 64

/**
 * The bundled models together with the versions that a bucket's channels name; a channel replaces the bundled model of
 * its id. Channels are read again every `interval`, in the background of a request. A version is read completely, checked
 * and self-tested before it answers. Until then, and if it fails or the bucket cannot be read, the versions before it
 * continue to answer.
 */
export function versionedStore(options: VersionedStoreOptions): ModelStore {
  const { bundled, bucket, interval, keepAlive, log, selfTest } = options
  const { now = () => performance.now(), timeouts = TIMEOUTS } = options
  const incidents = openIncidents(log)
  const files = fileCache(options.fileBytes)
  const bundledCard = async (id: string) => (await bundled.list()).find(entry => entry.id === id)?.card
  const finder: VersionFinder = { bucket, files, incidents, bundledCard, selfTest, key: options.key }
  const watcher = watchChannels(finder, log, now, keepAlive)
  const pinnedCard = pinnedCards(finder)
  let lastRead = Number.NEGATIVE_INFINITY
  let firstRead: Promise<void> | undefined
  let waited = false
  let merged:
    | { base: readonly CatalogEntry[]; revision: number; entries: readonly CatalogEntry[] }
    | undefined

  async function followChannels(): Promise<void> {
    const age = now() - lastRead
    if (age > interval) {
      lastRead = now()
      const work = watcher.refresh()
      keepAlive(work)
      firstRead ??= work
      if (waited && age > 2 * interval) await waitAtMost(timeouts.overdue, work)
    }
    // A bucket that hangs from the start delays the requests that arrive during its timeout, but no later ones.
    if (!waited) await waitAtMost(timeouts.first, firstRead)
    waited = true
  }
  return {
    isFresh: () =>
      bundled.isFresh() && now() - lastRead <= interval && merged?.revision === watcher.revision(),
    async list() {
      await followChannels()
      const base = await bundled.list()
      const revision = watcher.revision()
      if (merged?.base !== base || merged.revision !== revision) {
        merged = { base, revision, entries: merge(base, watcher.entries()) }
      }
      return merged.entries
    },
    prepare: id => watcher.prepare(id),
    async cardOf(id, version) {
      const card = await bundledCard(id)
      return card?.version === version ? card : pinnedCard(id, version)
    },
    async read(id, file, version) {
      const cached = isModelFile(file) ? files.get(id, version, file) : undefined
      if (cached) return cached
      if ((await bundledCard(id))?.version === version) return bundled.read(id, file, version)
      const stored = await bucket.get(fileKey(id, version, file))
      if (!stored) throw new Error(`${file}: missing in the bucket`)
      return stored.bytes
    },
    incidents: () => [...(bundled.incidents?.() ?? []), ...incidents.list()],
  }
}

/** Finds cards of versions that are complete in the bucket, whether or not a channel names them. */
function pinnedCards({
  bucket,
  files,
  key,
}: VersionFinder): (id: string, version: string) => Promise<Card | undefined> {
  const cards = new LRUCache<string, Card>({ max: PINNED_CARDS })
  return async (id, version) => {
    const name = `${id}@${version}`
    const known = cards.get(name)
    if (known) return known
    const card = await readCard(bucket, id, version)
    if (!card) return undefined
    files.keep(await readVersion(bucket, card, await key))
    cards.set(name, card)
    return card
  }
}

/** The bundled entries, with those of channels added or, for the same id, in their place; by id in ascending order. */
function merge(bundled: readonly CatalogEntry[], live: readonly CatalogEntry[]): CatalogEntry[] {
  const ids = new Set(live.map(({ id }) => id))
  return [...bundled.filter(({ id }) => !ids.has(id)), ...live].sort((a, b) => (a.id < b.id ? -1 : 1))
}
