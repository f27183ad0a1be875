import os from 'node:os'
import { type Client, type Outcome, openClient } from './client.ts'
import { drive, type Records } from './generator.ts'
import { type Entry, fillPath, readDigit } from './mix.ts'
import { planArrivals, type Spacing } from './plan.ts'
import { type Profile, secondsOf } from './profiles.ts'
import type { Result } from './result.ts'
import { summarizeRecords } from './summary.ts'
import { type Target, TargetError } from './target.ts'

export interface RunOptions {
  target: Target
  model: string
  profile: { name: string } & Profile
  /** The factor the profile was scaled by, for the record. */
  scale: number
  spacing: Spacing
  seed: number
  mix: readonly Entry[]
  /** Milliseconds for one answer. */
  timeout: number
  maxInFlight: number
  signal?: AbortSignal
  begin?: number
  /** Called with what the first look found wrong, before any load. */
  onLook?: (faults: string[]) => void
  onSecond?: (records: Records, now: number) => void
}

/**
 * Runs a profile: one look at each kind of request, the warm-up, the load, and the figures.
 *
 * @throws TargetError when nothing answers there
 */
export async function runLoad(options: RunOptions): Promise<Result> {
  const { target, profile, mix, spacing, seed, model } = options
  const client = openClient(target, options.timeout, readDigit())
  try {
    const faults = await look(client, options)
    options.onLook?.(faults)
    const weights = mix.map(entry => entry.weight)
    const plan = planArrivals(profile, weights, spacing, seed)
    const started = new Date()
    const [clock, cpu] = [performance.now(), process.cpuUsage()]
    const records = await drive({ ...options, plan, client, occasion: started.toISOString() })
    const elapsed = performance.now() - clock
    const used = process.cpuUsage(cpu)
    const interrupted = options.signal?.aborted === true
    const reached = elapsed / 1000 - profile.warmup
    const seconds = interrupted ? Math.min(secondsOf(profile), Math.max(0, reached)) : secondsOf(profile)
    const names = mix.map(entry => entry.name)
    const { lag, ...figures } = summarizeRecords(records, names, seconds)
    return {
      format: 'latent-edge-load/1',
      target: target.url.href,
      model,
      profile: profile.name,
      spacing,
      scale: options.scale,
      seed,
      machine: {
        cpu: os.cpus()[0]?.model ?? 'unknown',
        cores: os.availableParallelism(),
        node: process.version,
      },
      started: started.toISOString(),
      interrupted,
      planned: secondsOf(profile),
      ...figures,
      connections: client.connections(),
      resent: client.resent(),
      generator: { lag, cores: (used.user + used.system) / 1000 / elapsed },
    }
  } finally {
    client.close()
  }
}

/** Asks for each entry once, one after the other, and tells what was not as expected. */
async function look(client: Client, { mix, model, target, signal }: RunOptions): Promise<string[]> {
  const faults: string[] = []
  for (const entry of mix) {
    if (signal?.aborted) break
    const path = fillPath(entry.path, model, () => 0.5)
    const { failure, detail } = await new Promise<Outcome>(resolve => client.send(entry, path, resolve))
    if (failure === 'connect') throw new TargetError(`Nothing answers at ${target.url.href} (${detail})`)
    if (failure) faults.push(`${entry.name}: ${failure}: ${detail}`)
  }
  return faults
}
