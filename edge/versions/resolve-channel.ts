import type { Card } from '../../models/card.ts'
import { type Channel, stableLine } from '../../models/registry/channel.ts'
import type { VerificationKey } from '../../models/registry/verification-key.ts'
import { type ModelVersion, readCard, readVersion } from '../../models/registry/version.ts'
import type { CatalogEntry } from '../platform.ts'
import type { FileCache } from './file-cache.ts'
import type { Incidents } from './incidents.ts'
import type { ReadableBucket } from './readable-bucket.ts'

/** A channel with its versions found. */
export interface ResolvedChannel {
  entry: CatalogEntry
  /** Whether its versions were read completely, checked and self-tested. If not, only their cards were read. */
  tested: boolean
  /** Whether the entry has exactly the versions that the channel names. */
  complete: boolean
}

/** The parts that versions are found with. */
export interface VersionFinder {
  bucket: ReadableBucket
  files: FileCache
  incidents: Incidents
  /** The card of the bundled model of that id. */
  bundledCard(id: string): Promise<Card | undefined>
  /** The key that must have signed a version; if undefined, signatures are not checked. */
  key?: VerificationKey | Promise<VerificationKey>
  /** Loads and runs a version. @throws Error when it does not work */
  selfTest(version: ModelVersion): Promise<void>
}

/**
 * Finds the versions that a channel names. If its stable version is missing or damaged, the first of these that works
 * takes its place: the stable version of `before`, the versions of the channel's history from the latest back, the
 * bundled model. A canary that is missing or damaged is left out. The reasons are reported as incidents.
 *
 * @param before the last result for this channel
 * @param test whether to read versions completely, check and self-test them; else only their cards are read
 */
export async function resolveChannel(
  channel: Channel,
  before: ResolvedChannel | undefined,
  test: boolean,
  finder: VersionFinder,
): Promise<ResolvedChannel> {
  const { id, canary: wanted } = channel
  const known = before?.tested === test ? [before.entry.card, before.entry.canary?.card] : []
  const find = async (version: string) =>
    known.find(card => card?.version === version) ?? (await findVersion(id, version, test, finder))
  const earlier = [before?.entry.card?.version, ...stableLine(channel).reverse()]
  let stable: Card | undefined
  for (const version of new Set([channel.stable, ...earlier])) {
    if (version !== undefined && (stable = await find(version))) break
  }
  stable ??= await finder.bundledCard(id)
  const canary = wanted ? await find(wanted.version) : undefined
  const complete = stable?.version === channel.stable && canary?.version === wanted?.version
  if (!stable) {
    const reason = `none of its versions works; ${finder.incidents.reasonOf(`${id}@${channel.stable}`)}`
    return { entry: { id, reason }, tested: test, complete }
  }
  const share = canary && wanted && { canary: { card: canary, share: wanted.share } }
  return { entry: { id, card: stable, ...share }, tested: test, complete }
}

/** A version's card. If the version must not answer: undefined, and an incident is reported. */
async function findVersion(
  id: string,
  version: string,
  test: boolean,
  finder: VersionFinder,
): Promise<Card | undefined> {
  const { bucket, files, incidents } = finder
  const name = `${id}@${version}`
  try {
    const bundled = await finder.bundledCard(id)
    if (bundled?.version === version) return bundled
    const card = await readCard(bucket, id, version)
    if (!card) throw new Error('missing in the bucket')
    if (test) {
      const whole = await readVersion(bucket, card, await finder.key)
      files.keep(whole)
      await finder.selfTest(whole)
    }
    incidents.report(name, undefined)
    return card
  } catch (error) {
    incidents.report(name, error instanceof Error ? error.message : String(error))
    return undefined
  }
}

/** The versions that answer, for the log and to detect changes of an entry. */
export function describeEntry({ card, canary }: CatalogEntry): string {
  if (!card) return 'none'
  return `${card.version}${canary ? `, canary ${canary.card.version} for ${canary.share}%` : ''}`
}
