import os from 'node:os'
import type { RequestMix } from '../client/request-kind.ts'
import type { Records } from '../result/records.ts'
import { withholdUnresolved } from '../result/resolution.ts'
import type { Generator, LoadResult } from '../result/result.ts'
import { summarizeRecords } from '../result/summary.ts'
import type { Spacing } from '../schedule/arrivals.ts'
import { type Profile, secondsOf } from '../schedule/profiles.ts'

/** The plan of a run, independent of the process that generates it. */
export interface LoadPlan {
  mix: RequestMix
  profile: { name: string } & Profile
  /** The factor the profile was scaled by, for the record. */
  scale: number
  spacing: Spacing
  seed: number
  /** Milliseconds for a complete reply. */
  timeout: number
  /** Per generator. */
  maxInFlight: number
}

/** The course of a run. */
export interface RunOutcome {
  target: string
  records: Records
  generators: Generator[]
  started: Date
  interrupted: boolean
  /** Milliseconds from the first arrival to the end. */
  elapsed: number
}

/** Makes the result of a run. */
export function makeResult(plan: LoadPlan, outcome: RunOutcome): LoadResult {
  const { profile, mix, scale, spacing, seed } = plan
  const { target, records, generators, started, interrupted, elapsed } = outcome
  const planned = secondsOf(profile)
  const reached = elapsed / 1000 - profile.warmup
  const seconds = interrupted ? Math.min(planned, Math.max(0, reached)) : planned
  const names = mix.kinds.map(kind => kind.name)
  const figures = summarizeRecords(records, names, seconds)
  return {
    format: 'latent-edge-load/2',
    target,
    scenario: mix.name,
    profile: profile.name,
    spacing,
    scale,
    seed,
    machine: {
      cpu: os.cpus()[0]?.model ?? 'unknown',
      cores: os.availableParallelism(),
      node: process.version,
    },
    started: started.toISOString(),
    interrupted,
    planned,
    ...figures,
    ...withholdUnresolved(figures.latency, figures.lag),
    generators,
  }
}
