import type { Card } from '../../models/card.ts'
import { type Channel, stableLine } from '../../models/registry/channel.ts'
import { readCard } from '../../models/registry/version.ts'
import { listChannels, readChannel } from './channels.ts'
import { listVersions } from './list-versions.ts'
import type { Bucket } from './stores/bucket.ts'

/** A version with its state, its share of the traffic and its quality. */
export interface VersionRow {
  id: string
  version: string
  state: 'stable' | 'canary' | 'before' | 'kept' | 'unfinished' | 'missing' | 'damaged'
  /** Share of the traffic, percent. */
  share: number
  uploaded: string | null
  bytes: number
  /** Nats per pixel on the test split at z = mu. */
  bce: number | null
}

/** All versions in a bucket with their state, sorted by id, then newest first. */
export async function listRows(bucket: Bucket): Promise<VersionRow[]> {
  const versions = await listVersions(bucket)
  const ids = new Set([...(await listChannels(bucket)), ...versions.map(({ id }) => id)])
  const rows: VersionRow[] = []
  for (const id of [...ids].sort()) {
    const { channel } = await readChannel(bucket, id)
    for (const each of versions.filter(version => version.id === id)) {
      const card = each.whole ? await readCard(bucket, id, each.version).catch(() => null) : undefined
      const { state, share } = stateOf(channel, each.version)
      rows.push({
        id,
        version: each.version,
        state: card === undefined ? 'unfinished' : card === null ? 'damaged' : state,
        share,
        uploaded: each.uploaded.toISOString(),
        bytes: each.bytes,
        bce: card ? bceOf(card) : null,
      })
    }
    for (const version of channel ? [channel.stable, channel.canary?.version] : []) {
      if (version === undefined || versions.some(each => each.id === id && each.version === version)) continue
      const { share } = stateOf(channel, version)
      rows.push({ id, version, state: 'missing', share, uploaded: null, bytes: 0, bce: null })
    }
  }
  return rows
}

/** Formats rows as a text table with a header. */
export function formatRows(rows: readonly VersionRow[]): string {
  const lines = rows.map(row => [
    row.id,
    row.version,
    row.state,
    row.share > 0 ? `${row.share}%` : '',
    row.uploaded?.slice(0, 16).replace('T', ' ') ?? '',
    `${Math.round(row.bytes / 1000)} kB`,
    row.bce?.toFixed(4) ?? '',
  ])
  return formatTable([
    ['model', 'version', 'state', 'traffic', 'uploaded (UTC)', 'size', 'test bce'],
    ...lines,
  ])
}

/** Formats lines as columns, each padded to the width of its longest cell. */
export function formatTable(lines: readonly (readonly string[])[]): string {
  const widths = lines[0].map((_, i) => Math.max(...lines.map(line => line[i].length)))
  return lines
    .map(line =>
      line
        .map((cell, i) => cell.padEnd(widths[i]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function stateOf(channel: Channel | undefined, version: string): Pick<VersionRow, 'state' | 'share'> {
  const share = channel?.canary?.share ?? 0
  if (channel?.stable === version) return { state: 'stable', share: 100 - share }
  if (channel?.canary?.version === version) return { state: 'canary', share }
  return { state: channel && stableLine(channel).at(-2) === version ? 'before' : 'kept', share: 0 }
}

function bceOf({ metrics }: Card): number | null {
  const metric = metrics.find(m => m.name === 'bce' && m.split === 'test' && m.latent === 'mu')
  return typeof metric?.value === 'number' ? metric.value : null
}
