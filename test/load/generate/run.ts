import { type Client, openClient } from '../client/client.ts'
import type { Outcome } from '../client/outcome.ts'
import type { RequestMix } from '../client/request-kind.ts'
import { type Target, TargetError } from '../client/target.ts'
import { describeFailure } from '../requests/model-mix.ts'
import { fillRequest } from '../requests/template.ts'
import type { Records } from '../result/records.ts'
import type { LoadResult } from '../result/result.ts'
import { summarizeRecords } from '../result/summary.ts'
import { type Arrivals, scheduleArrivals } from '../schedule/arrivals.ts'
import { generateLoad } from './generator.ts'
import { type LoadPlan, makeResult } from './make-result.ts'

/** Options of a run from this process. */
export interface RunOptions extends LoadPlan {
  target: Target
  /** Accept any certificate. */
  insecure?: boolean
  signal?: AbortSignal
  /** `performance.now()` at the start of the count; by default the warm-up starts as soon as possible. */
  zero?: number
  /** Called with the requests whose first reply was not as expected, before any load. */
  onFirstReplies?: (faults: string[]) => void
  onSecond?: (records: Records, now: number) => void
  /** Called with the records before they are summarized. */
  onRecords?: (records: Records, started: Date) => void
}

/**
 * Runs a profile from this process: one request of each kind, the warm-up, the load, and the figures.
 *
 * @throws TargetError when nothing answers there
 */
export async function runLoad(options: RunOptions): Promise<LoadResult> {
  const { target, mix, profile, signal } = options
  const client = openClient(target, options.timeout, options.insecure)
  try {
    options.onFirstReplies?.(await tryEachKind(client, mix, target.url.href, signal))
    const arrivals = scheduleArrivals(
      profile,
      mix.kinds.map(kind => kind.weight),
      options.spacing,
      options.seed,
    )
    const zero = options.zero ?? performance.now() + 20 - (arrivals.times[0] ?? 0)
    const started = new Date(Date.now() + zero - performance.now())
    const measured = await measureGenerator(options, client, arrivals, zero, [started.toISOString()])
    const { records } = measured
    options.onRecords?.(records, started)
    const { lag } = summarizeRecords(records, [], 0)
    const generator = {
      name: 'local',
      requests: records.count,
      cores: measured.cores,
      connections: client.connections(),
      resent: client.resent(),
      lag,
      clock: null,
      lost: false,
    }
    return makeResult(options, {
      target: target.url.href,
      records,
      generators: [generator],
      started,
      interrupted: signal?.aborted === true,
      elapsed: measured.elapsed,
    })
  } finally {
    client.close()
  }
}

/** Generates load and measures the cores that this process uses for it. */
export async function measureGenerator(
  { mix, seed, maxInFlight, signal, onSecond }: Omit<RunOptions, 'target' | 'profile' | 'scale' | 'spacing'>,
  client: Client,
  arrivals: Arrivals,
  zero: number,
  drawLabels: readonly (string | number)[],
): Promise<{ records: Records; cores: number; elapsed: number }> {
  const [clock, cpu] = [performance.now(), process.cpuUsage()]
  const records = await generateLoad({
    arrivals,
    mix,
    seed,
    drawLabels,
    client,
    maxInFlight,
    zero,
    signal,
    onSecond,
  })
  const elapsed = performance.now() - clock
  const used = process.cpuUsage(cpu)
  return { records, cores: (used.user + used.system) / 1000 / elapsed, elapsed }
}

/**
 * Sends one request of each kind, one after the other.
 *
 * @returns the kinds whose reply was not as expected, a line each
 * @throws TargetError when there is no connection
 */
export async function tryEachKind(
  client: Client,
  { kinds, values }: RequestMix,
  target: string,
  signal?: AbortSignal,
): Promise<string[]> {
  const faults: string[] = []
  for (const kind of kinds) {
    if (signal?.aborted) break
    const request = fillRequest(kind, values, () => 0.5)
    const { failure, detail } = await new Promise<Outcome>(resolve => client.send(kind, request, resolve))
    if (failure === 'connect' || failure === 'tls') {
      throw new TargetError(describeFailure(target, failure, detail))
    }
    if (failure) faults.push(`${kind.name}: ${failure}: ${detail}`)
  }
  return faults
}
