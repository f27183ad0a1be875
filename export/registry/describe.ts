import { existsSync } from 'node:fs'
import { hostname, userInfo } from 'node:os'
import path from 'node:path'
import type { Channel } from '../../models/registry/channel.ts'
import type { Finding } from '../../models/registry/finding.ts'
import type { Promoted } from './promote.ts'
import type { PushOutcome } from './push.ts'
import { readModelFolder } from './read-folder.ts'

/** Formats the outcome of a push for one file, as one line. */
export function formatFile(file: string, bytes: number, outcome: PushOutcome): string {
  const size = bytes < 10_000 ? `${bytes} B` : `${Math.round(bytes / 1000)} kB`
  return `  ${file.padEnd(20)} ${size.padStart(8)}  ${outcome}${outcome === 'there already' ? '' : ', checked'}`
}

/** Formats the findings of the gate, one line each, below a heading with the replaced version. */
export function formatFindings(findings: readonly Finding[], replaced: string | undefined): string {
  const against = replaced ? `against ${replaced}` : 'no version to compare with'
  const lines = findings.map(({ passed, says }) => `  ${passed ? 'passed' : 'FAILED'}  ${says}`)
  return [`gate, ${against}`, ...lines].join('\n')
}

/** Formats the state of a channel: the stable version, and the canary with its share of the traffic. */
export function formatChannelState({ id, stable, canary }: Channel): string {
  if (!canary) return `${id}: ${stable} for everyone`
  return `${id}: ${stable} for ${100 - canary.share}%, canary ${canary.version} for ${canary.share}%${canary.auto ? ', to be decided by watch' : ''}`
}

/** Formats the result of a promotion: the state of the channel and the checks overridden by --force. */
export function formatPromoted({ channel, changed, overrode }: Promoted): string {
  const forced = overrode.map(each => `\noverridden by --force: ${each}`).join('')
  return `${changed ? '' : 'nothing to do; '}${formatChannelState(channel)}${forced}`
}

/** Author of a change in a channel's history: LATENT_EDGE_BY, or else user@host. */
export function whoami(): string {
  return process.env.LATENT_EDGE_BY ?? `${userInfo().username}@${hostname()}`
}

/** Reads the model bundled with the Worker under an id; undefined if there is none. @throws Error if files are missing or invalid */
export async function readBundled(zoo: string, id: string) {
  const folder = path.join(zoo, id)
  return existsSync(path.join(folder, 'card.json')) ? readModelFolder(folder) : undefined
}
