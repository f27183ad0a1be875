import { z } from 'zod'
import { ModelId, Version } from '../card.ts'
import { createRng } from '../random.ts'

/** A version that takes part of the traffic. */
export const Canary = z.strictObject({
  version: Version,
  /** Percent of the traffic. */
  share: z.number().gt(0).max(100),
  /** Whether a watcher tries it out and promotes it or rolls it back. */
  auto: z.literal(true).optional(),
})
export type Canary = z.infer<typeof Canary>

/** A change of a channel: which versions answer from `at` on, and why. */
export const Change = z.strictObject({
  at: z.iso.datetime(),
  by: z.string(),
  /** `undecided`: a watcher tried the canary out and came to no verdict; nothing changed. */
  action: z.enum(['promote', 'canary', 'rollback', 'undecided']),
  stable: Version,
  canary: Canary.nullable(),
  /** The gate's objections, if the change was forced. */
  overrode: z.array(z.string()),
  /** The watcher's reason. */
  reason: z.string().optional(),
  /** Commit and data of the version that was promoted or made a canary, and the key that signed it. */
  commit: z.string().optional(),
  data: z.string().optional(),
  signedBy: z.string().optional(),
})
export type Change = z.infer<typeof Change>

/**
 * The versions of a model that answer requests. One small file for each model, the only files in a bucket that are ever
 * replaced.
 */
export const Channel = z.strictObject({
  format: z.literal('latent-edge-channel/1'),
  id: ModelId,
  stable: Version,
  canary: Canary.nullable(),
  /** The version that no later one may be much worse than; by default the first that was stable. */
  floor: Version.optional(),
  /** Newest last; its last entry is the present state. */
  history: z.array(Change).min(1),
})
export type Channel = z.infer<typeof Channel>

/** Who changes a channel, when, and which of the gate's findings were overridden. */
export type ChangeRecord = Omit<Change, 'action' | 'stable' | 'canary' | 'overrode'> & {
  overrode?: readonly string[]
}

/** How many changes a channel keeps; a rollback cannot go further back. */
const REMEMBERED = 200

/** Promotes a version to stable and ends any canary. */
export function promote(
  channel: Channel | undefined,
  id: string,
  version: string,
  record: ChangeRecord,
): Channel {
  return extend(channel, id, 'promote', version, null, record)
}

/** Starts a canary. The same version with another share widens or narrows the existing canary. */
export function startCanary(channel: Channel, canary: Canary, record: ChangeRecord): Channel {
  return extend(channel, channel.id, 'canary', channel.stable, canary, record)
}

/** Records that a watcher could not decide on a canary. The canary stays, and its trial ends. */
export function leaveUndecided(channel: Channel, record: ChangeRecord): Channel {
  const { auto: _, ...canary } = channel.canary as Canary
  return extend(channel, channel.id, 'undecided', channel.stable, canary, record)
}

/**
 * Goes one step back: ends the canary if there is one, otherwise returns to the previous stable version. Undefined if
 * there is none.
 */
export function rollBack(channel: Channel, record: ChangeRecord): Channel | undefined {
  if (channel.canary) return extend(channel, channel.id, 'rollback', channel.stable, null, record)
  const before = stableLine(channel).at(-2)
  return before === undefined ? undefined : extend(channel, channel.id, 'rollback', before, null, record)
}

/**
 * The stable versions in order, the present one last. Versions that were rolled back are left out, so that two
 * rollbacks go back two steps instead of back and forth.
 */
export function stableLine(channel: Channel): string[] {
  const line: string[] = []
  for (const { action, stable } of channel.history) {
    if (action === 'rollback' && line.includes(stable)) line.length = line.lastIndexOf(stable) + 1
    else if (line.at(-1) !== stable) line.push(stable)
  }
  return line
}

/** The versions that answer requests at present. */
export function liveVersions(channel: Channel): string[] {
  return [channel.stable, ...(channel.canary ? [channel.canary.version] : [])]
}

/**
 * Whether a request gets the canary: a hash of key, model and version picks the given share of all keys. A key that is
 * picked stays picked when the share grows; another version picks other keys.
 *
 * @param key of the client or of the request
 */
export function isCanary(id: string, { version, share }: Canary, key: string): boolean {
  return createRng(0, 'canary', id, version, key)() * 100 < share
}

/** Reads a channel file. @throws Error saying what of it is not as expected */
export function parseChannel(text: string, id: string): Channel {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch {
    throw new Error('expected JSON')
  }
  const { data, error } = Channel.safeParse(json)
  if (!data) throw new Error(`${error.issues[0].path.join('.') || 'whole'}: ${error.issues[0].message}`)
  if (data.id !== id) throw new Error(`expected the channel of ${id}, got that of ${data.id}`)
  return data
}

/** Formats a channel file. */
export function formatChannel(channel: Channel): string {
  return `${JSON.stringify(Channel.parse(channel), null, 1)}\n`
}

function extend(
  channel: Channel | undefined,
  id: string,
  action: Change['action'],
  stable: string,
  canary: Canary | null,
  { overrode = [], ...record }: ChangeRecord,
): Channel {
  const change: Change = { ...record, action, stable, canary, overrode: [...overrode] }
  const history = [...(channel?.history ?? []), change].slice(-REMEMBERED)
  const floor = channel?.floor
  return { format: 'latent-edge-channel/1', id, stable, canary, ...(floor && { floor }), history }
}
