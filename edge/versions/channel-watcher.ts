import type { CatalogEntry } from '../platform.ts'
import { openChannelFiles } from './channel-files.ts'
import { describeEntry, type ResolvedChannel, resolveChannel, type VersionFinder } from './resolve-channel.ts'
import { waitAtMost } from './timeout.ts'

/** Milliseconds after which a test counts as stopped, as it is in a Worker when the request that began it ends. */
const LOST_AFTER = 30_000

/** Watches the channels of a bucket. */
export interface ChannelWatcher {
  /** Reads channels that changed and resolves them. Does not throw: failures are reported as incidents. */
  refresh(): Promise<void>
  /** Tests a model's versions unless that was done before. @returns whether they had to be tested */
  prepare(id: string): Promise<boolean>
  /** Models that have a channel. */
  entries(): CatalogEntry[]
  /** A number that grows when entries change. */
  revision(): number
}

/** A watcher of the finder's bucket. @param keepAlive lets tests continue after the request that began them */
export function watchChannels(
  finder: VersionFinder,
  log: (message: string) => void,
  now: () => number,
  keepAlive: (work: Promise<unknown>) => void,
): ChannelWatcher {
  const { incidents } = finder
  const resolved = new Map<string, ResolvedChannel>()
  const testing = new Map<string, { since: number; work: Promise<void> }>()
  const channels = openChannelFiles(finder.bucket, (id, reason) =>
    incidents.report(`channel of ${id}`, reason),
  )
  let revision = 0

  async function update(id: string, test: boolean): Promise<void> {
    const channel = channels.get(id)
    const before = resolved.get(id)
    const next = channel && (await resolveChannel(channel, before, test, finder))
    // The channel changed again while its versions were read.
    if (channels.get(id) !== channel) return update(id, test)
    const [was, is] = [before, next].map(each => each && describeEntry(each.entry))
    if (before && next && was === is) next.entry = before.entry
    else revision++
    if (next) resolved.set(id, next)
    else resolved.delete(id)
    const named = [channel?.stable, channel?.canary?.version]
    incidents.retain(name => !name.startsWith(`${id}@`) || named.includes(name.slice(id.length + 1)))
    if (before && was !== is) log(`${id}: now ${is ?? 'as bundled'}, before ${was}`)
  }
  return {
    async refresh() {
      try {
        const changed = new Set(await channels.refresh())
        for (const [id, { complete, tested }] of resolved) if (tested && !complete) changed.add(id)
        // A model that has not been requested yet is tested when it is first needed.
        for (const id of changed) await update(id, resolved.get(id)?.tested ?? false)
        incidents.report('bucket', undefined)
      } catch (error) {
        incidents.report('bucket', error instanceof Error ? error.message : String(error))
      }
    },
    async prepare(id) {
      if (resolved.get(id)?.tested !== false) return false
      let running = testing.get(id)
      if (!running || now() - running.since > LOST_AFTER) {
        running = { since: now(), work: update(id, true).finally(() => testing.delete(id)) }
        testing.set(id, running)
        keepAlive(running.work)
      }
      await waitAtMost(LOST_AFTER, running.work)
      return true
    },
    entries: () => Array.from(resolved.values(), ({ entry }) => entry),
    revision: () => revision,
  }
}
