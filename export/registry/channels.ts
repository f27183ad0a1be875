import { type Channel, formatChannel, parseChannel } from '../../models/registry/channel.ts'
import { CHANNELS, channelKey, readChannelKey } from '../../models/registry/keys.ts'
import { failure } from './failure.ts'
import type { Bucket } from './stores/bucket.ts'

/** A channel as it was read. */
export interface Read {
  /** Undefined where the model has none. */
  channel: Channel | undefined
  etag: string | undefined
}

/** A model's channel. @throws Error when there is a file and it is no channel */
export async function readChannel(bucket: Bucket, id: string): Promise<Read> {
  const stored = await bucket.get(channelKey(id))
  if (!stored) return { channel: undefined, etag: undefined }
  try {
    return { channel: parseChannel(new TextDecoder().decode(stored.bytes), id), etag: stored.etag }
  } catch (error) {
    throw new Error(`${bucket.name}: ${channelKey(id)}: not a channel: ${(error as Error).message}`)
  }
}

/** Ids of the models that have a channel. */
export async function listChannels(bucket: Bucket): Promise<string[]> {
  return (await bucket.list(CHANNELS)).flatMap(({ key }) => readChannelKey(key) ?? [])
}

/**
 * Replaces a channel if it is still what was read.
 *
 * @throws Error with the exit code `conflict` when somebody else changed it since
 */
export async function writeChannel(bucket: Bucket, { etag }: Read, channel: Channel): Promise<void> {
  const text = formatChannel(channel)
  const condition = etag === undefined ? 'absent' : { etag }
  if (await bucket.put(channelKey(channel.id), new TextEncoder().encode(text), condition)) return
  const { channel: now } = await readChannel(bucket, channel.id)
  // If the reply to a write was lost and the write was sent again, the stored channel is already the new one.
  if (now && formatChannel(now) === text) return
  const change = now?.history.at(-1)
  const what = change
    ? `${change.by} did ${change.action} at ${change.at}, stable is ${change.stable}`
    : 'it is gone'
  throw failure(
    'conflict',
    `The channel of ${channel.id} was changed meanwhile (${what}). Nothing was changed.`,
  )
}
