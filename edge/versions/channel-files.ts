import { type Channel, parseChannel } from '../../models/registry/channel.ts'
import { CHANNELS, readChannelKey } from '../../models/registry/keys.ts'
import type { ReadableBucket } from './readable-bucket.ts'

/** The channels of a bucket, as they were last read. */
export interface ChannelFiles {
  /**
   * Reads the channel files that changed.
   *
   * @returns ids of channels that are new, changed or gone
   * @throws Error when the bucket cannot be read; all channels then stay as they were
   */
  refresh(): Promise<string[]>
  get(id: string): Channel | undefined
}

/**
 * Opens the channel files of a bucket. If a file cannot be parsed, its last valid content stays in use.
 *
 * @param report is called for each file read: with what is wrong with it, or undefined
 */
export function openChannelFiles(
  bucket: ReadableBucket,
  report: (id: string, reason: string | undefined) => void,
): ChannelFiles {
  let known = new Map<string, { etag: string; channel: Channel | undefined }>()

  async function read(id: string, key: string, etag: string) {
    const stored = await bucket.get(key)
    const before = known.get(id)?.channel
    try {
      if (!stored) throw new Error('it is gone')
      const channel = parseChannel(new TextDecoder().decode(stored.bytes), id)
      report(id, undefined)
      return { etag, channel }
    } catch (error) {
      report(id, `not a channel: ${error instanceof Error ? error.message : error}`)
      return { etag, channel: before }
    }
  }
  return {
    get: id => known.get(id)?.channel,
    async refresh() {
      const next: typeof known = new Map()
      const changed: string[] = []
      const reading = (await bucket.list(CHANNELS)).map(async ({ key, etag }) => {
        const id = readChannelKey(key)
        if (id === undefined) return
        const before = known.get(id)
        if (before?.etag !== etag) changed.push(id)
        next.set(id, before?.etag === etag ? before : await read(id, key, etag))
      })
      await Promise.all(reading)
      for (const id of known.keys()) if (!next.has(id)) changed.push(id)
      known = next
      return changed
    },
  }
}
