import type { Card } from '../../models/card.ts'
import {
  type ChangeRecord,
  type Channel,
  liveVersions,
  promote,
  rollBack,
  stableLine,
  startCanary,
} from '../../models/registry/channel.ts'
import type { VerificationKey } from '../../models/registry/verification-key.ts'
import type { ModelVersion } from '../../models/registry/version.ts'
import { checkVersion, readCard } from '../../models/registry/version.ts'
import { readChannel, writeChannel } from './channels.ts'
import { type GateOptions, passGate } from './pass-gate.ts'
import { pushModel } from './push.ts'
import type { Bucket } from './stores/bucket.ts'

/** A promotion, of a version to stable or to canary. */
export interface Promotion extends GateOptions {
  /** Percent of the traffic it gets; everyone without. */
  share?: number
  /** Let a watcher try the canary out, and promote it or roll it back. */
  auto?: boolean
  /** The version must be signed by this key. */
  key?: VerificationKey
  /** Makes the version the floor of those that follow; not with `share`. */
  setFloor?: boolean
  /** Who does it. */
  by: string
  /** The model that is deployed with the Worker under this id, which answers as long as there is no channel. */
  bundled?: ModelVersion
}

/** The channel after a promotion, and whether that changed it. */
export interface Promoted {
  channel: Channel
  changed: boolean
  /** The gate's findings that were overridden by force. */
  overrode: readonly string[]
}

/**
 * Makes a version in the bucket stable, or a canary for a share of the traffic.
 *
 * @throws Error when the version is not whole, the gate refuses it (exit code `gate`) or somebody else changed the
 * channel meanwhile (`conflict`); the channel is then as it was
 */
export async function promoteVersion(bucket: Bucket, promotion: Promotion): Promise<Promoted> {
  const { id, version, share } = promotion
  if (share !== undefined && promotion.setFloor) {
    throw new Error('--set-floor: expected a promotion to all traffic, got one with --canary')
  }
  const read = await readChannel(bucket, id)
  await requireComplete(bucket, id, version, promotion.key)
  if (read.channel && isPromoted(read.channel, promotion)) {
    return { channel: read.channel, changed: false, overrode: [] }
  }
  const replaced = read.channel ?? (await adoptBundled(bucket, promotion))
  if (share !== undefined && !replaced) {
    throw new Error(`${id} has no stable version to be a canary of: promote it without --canary`)
  }
  if (share !== undefined && replaced?.stable === version) {
    throw new Error(`${id}@${version} is stable already: a canary must be another version`)
  }
  const overrode = await passGate(bucket, promotion, replaced)
  const card = await readCard(bucket, id, version)
  const record: ChangeRecord = {
    at: new Date().toISOString(),
    by: promotion.by,
    overrode,
    ...(card && originOf(card, promotion.key)),
  }
  const channel =
    share === undefined || !replaced
      ? setFloor(promote(replaced, id, version, record), promotion.setFloor)
      : startCanary(replaced, { version, share, ...(promotion.auto && { auto: true as const }) }, record)
  await writeChannel(bucket, read, channel)
  await requireStored(bucket, channel)
  return { channel, changed: true, overrode }
}

/**
 * Takes a channel one step back: ends its canary, or else makes the stable version before this one stable.
 *
 * @throws Error when there is no way back, the version before is not whole, or somebody else changed the channel
 */
export async function rollBackModel(bucket: Bucket, id: string, by: string): Promise<Channel> {
  const read = await readChannel(bucket, id)
  if (!read.channel) throw new Error(`${id} has no channel in ${bucket.name}: there is nothing to roll back`)
  const channel = rollBack(read.channel, { at: new Date().toISOString(), by })
  if (!channel) throw new Error(`${id}@${read.channel.stable} is the first version: there is none before it`)
  await requireComplete(bucket, id, channel.stable)
  await writeChannel(bucket, read, channel)
  return channel
}

/** Whether the channel already is as the promotion would make it. */
function isPromoted({ stable, canary, floor }: Channel, promotion: Promotion): boolean {
  const { version, share, auto = false, setFloor = false } = promotion
  if (share === undefined) return stable === version && !canary && (!setFloor || floor === version)
  return canary?.version === version && canary.share === share && (canary.auto ?? false) === auto
}

async function requireComplete(
  bucket: Bucket,
  id: string,
  version: string,
  key?: VerificationKey,
): Promise<void> {
  const faults = await checkVersion(bucket, id, version, key)
  if (faults.length === 0) return
  throw new Error(
    `${id}@${version} is not whole in ${bucket.name}; push it (again):\n  ${faults.join('\n  ')}`,
  )
}

/** Without a channel the bundled version answers: it becomes the first of the history, to be rolled back to. */
async function adoptBundled(
  bucket: Bucket,
  { id, version, by, bundled }: Promotion,
): Promise<Channel | undefined> {
  if (!bundled || bundled.card.version === version) return undefined
  await pushModel(bucket, bundled)
  return promote(undefined, id, bundled.card.version, { at: new Date().toISOString(), by })
}

/** The origin of a version, for the history. */
function originOf({ training, dataset }: Card, key: VerificationKey | undefined): Partial<ChangeRecord> {
  const commit = training.recipe?.commit
  return {
    ...(commit && { commit }),
    ...(dataset.identity && { data: dataset.identity.sha256 }),
    ...(key && { signedBy: key.hint }),
  }
}

/** The floor is the first stable version, unless another one is set. */
function setFloor(channel: Channel, replace = false): Channel {
  const floor = replace ? channel.stable : (channel.floor ?? stableLine(channel)[0])
  return { ...channel, floor }
}

/** A version pruned between the look at it and the write would leave a channel that names nothing. */
async function requireStored(bucket: Bucket, channel: Channel): Promise<void> {
  for (const version of liveVersions(channel)) {
    if (await readCard(bucket, channel.id, version)) continue
    throw new Error(
      `${channel.id}@${version} was deleted by prune in the meantime, and the channel now names a version that does not exist. Push it again now.`,
    )
  }
}
