import type { Card } from '../../models/card.ts'
import { fileKey } from '../../models/registry/keys.ts'
import { readCard, readVersion } from '../../models/registry/version.ts'
import type { Entry, Store } from '../platform.ts'
import type { Bucket } from './bucket.ts'
import { followLive } from './channel-watcher.ts'
import { fileMemory } from './file-cache.ts'
import { openTroubles } from './incidents.ts'
import type { Means } from './resolve-channel.ts'
import { within } from './timeout.ts'

export interface VersionOptions {
  /** Models that are there without a bucket. */
  bundled: Store
  bucket: Bucket
  /** Milliseconds between looks at the bucket; for channels to be followed within a minute, at most half of one. */
  interval: number
  /** Bytes of files kept in memory, to outlive the bucket. */
  memory: number
  /** Lets a look go on after the request that began it has ended. */
  keepAlive(work: Promise<unknown>): void
  log(message: string): void
  /** Milliseconds, for tests. */
  now?(): number
  patience?: typeof PATIENCE
}

/** How long requests wait for the first look at the bucket, and for one that comes late; milliseconds. */
const PATIENCE = { first: 5000, late: 1500 }
/** Cards of pinned versions remembered. */
const PINNED = 64

/**
 * Bundled models and, over them, the versions that a bucket's channels name. The channels are looked at again every
 * `interval`, beside the requests. A version is read whole, checked and tried before it answers; until then, and where
 * it is not what it should be or the bucket is down, those before go on.
 */
export function versionedStore(options: VersionOptions): Store {
  const { bundled, bucket, interval, keepAlive, log } = options
  const { now = () => performance.now(), patience = PATIENCE } = options
  const troubles = openTroubles(log)
  const memory = fileMemory(options.memory)
  const bundledCard = async (id: string) => (await bundled.list()).find(entry => entry.id === id)?.card
  const means: Means = { bucket, memory, troubles, bundled: bundledCard, tryOut: async () => {} }
  const follower = followLive(means, log, now, keepAlive)
  const pinned = pinnedCards(means)
  let attempted = Number.NEGATIVE_INFINITY
  let first: Promise<void> | undefined
  let waited = false
  let merged: { base: readonly Entry[]; round: number; entries: readonly Entry[] } | undefined

  async function followUp(): Promise<void> {
    const age = now() - attempted
    if (age > interval) {
      attempted = now()
      const work = follower.look()
      keepAlive(work)
      first ??= work
      if (waited && age > 2 * interval) await within(patience.late, work)
    }
    // A bucket that hangs from the start holds up those who came meanwhile, and nobody later.
    if (!waited) await within(patience.first, first)
    waited = true
  }
  return {
    fresh: () => bundled.fresh() && now() - attempted <= interval && merged?.round === follower.round(),
    async list() {
      await followUp()
      const base = await bundled.list()
      const round = follower.round()
      if (merged?.base !== base || merged.round !== round) {
        merged = { base, round, entries: merge(base, follower.entries()) }
      }
      return merged.entries
    },
    prepare: id => follower.prepare(id),
    async version(id, version) {
      const bundled = await bundledCard(id)
      return bundled?.version === version ? bundled : pinned(id, version)
    },
    async read(id, file, version) {
      const kept = memory.get(id, version, file)
      if (kept) return kept
      if ((await bundledCard(id))?.version === version) return bundled.read(id, file, version)
      const stored = await bucket.get(fileKey(id, version, file))
      if (!stored) throw new Error(`${file}: missing in the bucket`)
      return stored.bytes
    },
    troubles: () => troubles.list(),
    giveTrial: trial => {
      means.tryOut = trial
    },
  }
}

/** Cards of versions that are in the bucket, whole, whether or not a channel names them. */
function pinnedCards({ bucket, memory }: Means): (id: string, version: string) => Promise<Card | undefined> {
  const known = new Map<string, Card>()
  return async (id, version) => {
    const name = `${id}@${version}`
    const before = known.get(name)
    const card = before ?? (await readCard(bucket, id, version))
    if (!card) return undefined
    if (!before) memory.keep(await readVersion(bucket, card))
    known.delete(name)
    known.set(name, card)
    if (known.size > PINNED) known.delete(known.keys().next().value!)
    return card
  }
}

/** Bundled entries, and those of channels in their place or beside them: by id in ascending order. */
function merge(bundled: readonly Entry[], live: readonly Entry[]): Entry[] {
  const ids = new Set(live.map(({ id }) => id))
  return [...bundled.filter(({ id }) => !ids.has(id)), ...live].sort((a, b) => (a.id < b.id ? -1 : 1))
}
