import type { Entry } from '../platform.ts'
import { followChannels } from './channels.ts'
import { describeEntry, type Live, type Means, settle } from './resolve-channel.ts'
import { within } from './timeout.ts'

/** After so long a load counts as lost with the request that began it, milliseconds. */
const LOST = 30_000
/** Models that have a channel, as they answer. */
export interface Follower {
  /** Reads what changed and makes it live, for models that are in use whole and tried. Never fails: what is wrong is told. */
  look(): Promise<void>
  /** Makes sure that a model's versions were tried; true where they had not been. */
  prepare(id: string): Promise<boolean>
  entries(): Entry[]
  /** Another number once entries have changed. */
  round(): number
}

/** Models of a bucket that follow their channels. */
export function followLive(
  means: Means,
  log: (message: string) => void,
  now: () => number,
  keepAlive: (work: Promise<unknown>) => void,
): Follower {
  const { troubles } = means
  const live = new Map<string, Live>()
  const trying = new Map<string, { since: number; work: Promise<void> }>()
  const channels = followChannels(means.bucket, (id, reason) => troubles.tell(`channel of ${id}`, reason))
  let round = 0

  async function update(id: string, tried: boolean): Promise<void> {
    const channel = channels.get(id)
    const before = live.get(id)
    const next = channel && (await settle(channel, before, tried, means))
    // It changed again while its versions were read.
    if (channels.get(id) !== channel) return update(id, tried)
    const [was, is] = [before, next].map(each => each && describeEntry(each.entry))
    if (before && next && was === is) next.entry = before.entry
    else round++
    if (next) live.set(id, next)
    else live.delete(id)
    // What is wrong with versions that no channel names any more concerns nobody.
    const named = [channel?.stable, channel?.canary?.version]
    troubles.retain(name => !name.startsWith(`${id}@`) || named.includes(name.slice(id.length + 1)))
    if (before && was !== is) log(`${id}: now ${is ?? 'as bundled'}, before ${was}`)
  }
  return {
    async look() {
      try {
        const changed = new Set(await channels.look())
        for (const [id, { whole, tried }] of live) if (tried && !whole) changed.add(id)
        for (const id of changed) await update(id, live.get(id)?.tried ?? false)
        troubles.tell('bucket', undefined)
      } catch (error) {
        troubles.tell('bucket', error instanceof Error ? error.message : String(error))
      }
    },
    async prepare(id) {
      if (live.get(id)?.tried !== false) return false
      let under = trying.get(id)
      if (!under || now() - under.since > LOST) {
        under = { since: now(), work: update(id, true).finally(() => trying.delete(id)) }
        trying.set(id, under)
        keepAlive(under.work)
      }
      await within(LOST, under.work)
      return true
    },
    entries: () => Array.from(live.values(), ({ entry }) => entry),
    round: () => round,
  }
}
