import type { Card } from '../../models/card.ts'
import { type Channel, stableLine } from '../../models/registry/channel.ts'
import { readCard, readVersion } from '../../models/registry/version.ts'
import type { Entry } from '../platform.ts'
import type { Bucket } from './bucket.ts'
import type { Memory } from './file-cache.ts'
import type { Troubles } from './incidents.ts'

/** How a model answers by its channel. */
export interface Live {
  entry: Entry
  /** Whether its versions were read, checked and tried; before, only their cards were read. */
  tried: boolean
  /** Whether it is what the channel says, and not what could be had instead. */
  whole: boolean
}

/** What a channel is made live with. */
export interface Means {
  bucket: Bucket
  memory: Memory
  troubles: Troubles
  /** The card of the bundled model of that id. */
  bundled(id: string): Promise<Card | undefined>
  /** Loads and runs a version. @throws Error when it does not work */
  tryOut(card: Card): Promise<void>
}

/**
 * Makes a channel live. Where a version it names cannot be had, what comes nearest goes on: the stable version of
 * `before`, else those stable earlier, else the bundled one; without a whole canary, nobody gets one. Why is told.
 *
 * @param tried whether to read, check and try versions and not just their cards
 */
export async function settle(
  channel: Channel,
  before: Live | undefined,
  tried: boolean,
  means: Means,
): Promise<Live> {
  const { id, canary: wanted } = channel
  const known = before?.tried === tried ? [before.entry.card, before.entry.canary?.card] : []
  const obtain = async (version: string) =>
    known.find(card => card?.version === version) ?? (await have(id, version, tried, means))
  const earlier = [before?.entry.card?.version, ...stableLine(channel).reverse()]
  let stable: Card | undefined
  for (const version of new Set([channel.stable, ...earlier])) {
    if (version !== undefined && (stable = await obtain(version))) break
  }
  stable ??= await means.bundled(id)
  const canary = wanted ? await obtain(wanted.version) : undefined
  const whole = stable?.version === channel.stable && canary?.version === wanted?.version
  if (!stable) {
    const reason = `no version can be had; ${means.troubles.reasonOf(`${id}@${channel.stable}`)}`
    return { entry: { id, reason }, tried, whole }
  }
  const share = canary && wanted && { canary: { card: canary, share: wanted.share } }
  return { entry: { id, card: stable, ...share }, tried, whole }
}

/** A version's card once it may answer; undefined where it must not, and why is told. */
async function have(id: string, version: string, tried: boolean, means: Means): Promise<Card | undefined> {
  const { bucket, memory, troubles } = means
  const name = `${id}@${version}`
  try {
    const bundled = await means.bundled(id)
    if (bundled?.version === version) return bundled
    const card = await readCard(bucket, id, version)
    if (!card) throw new Error('missing in the bucket')
    if (tried) {
      memory.keep(await readVersion(bucket, card))
      await means.tryOut(card)
    }
    troubles.tell(name, undefined)
    return card
  } catch (error) {
    troubles.tell(name, error instanceof Error ? error.message : String(error))
    return undefined
  }
}

/** Who gets what, for the log and to tell one state from another. */
export function describeEntry({ card, canary }: Entry): string {
  if (!card) return 'nothing'
  return `${card.version}${canary ? `, canary ${canary.card.version} for ${canary.share}%` : ''}`
}
