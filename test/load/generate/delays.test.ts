import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { performance } from 'node:perf_hooks'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RequestKind } from '../client/request-kind.ts'
import { resolveTarget, type Target } from '../client/target.ts'
import type { Latency, LoadResult } from '../result/result.ts'
import { type Spacing, scheduleArrivals } from '../schedule/arrivals.ts'
import type { Profile } from '../schedule/profiles.ts'
import { runDistributed } from './coordinator.ts'
import { type LocalAgents, startLocalAgents } from './local-agents.ts'
import { runLoad } from './run.ts'

const DELAYS = [0, 20, 200]
const SEED = 3
const GENERATORS = 3
const KINDS: RequestKind[] = DELAYS.map(delay => ({
  name: `${delay} ms`,
  weight: 1,
  method: 'GET',
  path: `/${delay}`,
  expect: { status: 200, type: 'text/plain', body: { begins: 'ok', bytes: 2 } },
}))

let server: ChildProcess
let target: Target
let agents: LocalAgents
beforeAll(async () => {
  server = fork(new URL('delayed-server.ts', import.meta.url))
  const [{ port }] = (await once(server, 'message')) as [{ port: number }]
  target = await resolveTarget(`http://127.0.0.1:${port}`)
  agents = await startLocalAgents(GENERATORS)
})
afterAll(() => {
  server.kill()
  agents.close()
})

/** A stall of the whole server, milliseconds from the start of the count. */
interface Stall {
  from: number
  to: number
}

/** Runs the load from this process, or from several, optionally with a stall. */
async function load(
  profile: Profile,
  spacing: Spacing,
  generators: number,
  stall?: Stall,
): Promise<LoadResult> {
  const stallFrom = (zero: number) => {
    if (!stall) return
    const toSystem = Number(process.hrtime.bigint()) / 1e6 - performance.now()
    server.send({ stall: { at: zero + toSystem + stall.from, ms: stall.to - stall.from } })
  }
  const options = {
    target,
    profile: { name: 'test', ...profile },
    scale: 1,
    spacing,
    seed: SEED,
    mix: { name: 'delays', kinds: KINDS, values: {} },
    timeout: 5000,
    maxInFlight: 1000,
  }
  if (generators > 1) {
    const onStart = (startAt: number) => stallFrom(startAt - performance.timeOrigin)
    return runDistributed({ ...options, agents: agents.urls, onStart })
  }
  // The first replies take 220 ms.
  const zero = performance.now() + 600 + 1000 * profile.warmup
  stallFrom(zero)
  return runLoad({ ...options, zero })
}

/** The latency of a request scheduled at `at`, by the server's delays alone. */
function latencyOf(at: number, delay: number, stall: Stall | undefined): number {
  if (!stall) return delay
  // A request that comes in the stall is read after it; a reply due in the stall is sent after it.
  if (at >= stall.from && at < stall.to) return stall.to + delay - at
  const due = at + delay
  return at < stall.from && due >= stall.from ? Math.max(due, stall.to) - at : delay
}

const SHARES = { p50: 0.5, p90: 0.9, p99: 0.99, p999: 0.999, max: 1 } as const
type Name = keyof typeof SHARES

/** The value that a share of the latencies does not exceed: by counting, not by the tool's own formula. */
function expectedQuantile(latencies: readonly number[], share: number): number {
  const enough = latencies.filter(
    each => latencies.filter(other => other <= each).length >= share * latencies.length,
  )
  return Math.min(...enough)
}

interface Row {
  row: string
  name: Name
  expected: number
  reported: number
}

function rowsOf(result: LoadResult, profile: Profile, spacing: Spacing, stall: Stall | undefined): Row[] {
  const { times, kinds } = scheduleArrivals(
    profile,
    KINDS.map(kind => kind.weight),
    spacing,
    SEED,
  )
  const users = Array.from(times, (at, i) => ({ at, kind: kinds[i] })).filter(({ at }) => at >= 0)
  expect(result).toMatchObject({ requests: users.length, failed: 0, unfinished: 0 })
  const rows = (row: string, own: typeof users, latency: Latency): Row[] =>
    Object.entries(SHARES).map(([name, share]) => ({
      row,
      name: name as Name,
      reported: latency[name as Name] ?? 0,
      expected: expectedQuantile(
        own.map(({ at, kind }) => latencyOf(at, DELAYS[kind], stall)),
        share,
      ),
    }))
  return [
    ...DELAYS.flatMap((delay, k) =>
      rows(
        `${delay} ms`,
        users.filter(({ kind }) => kind === k),
        result.kinds[k].latency,
      ),
    ),
    ...rows('all', users, result.latency),
  ]
}

/**
 * Whether a row is 5% off.
 *
 * @param cost latency of a reply without delay: HTTP itself on this machine, as busy as it is
 */
function isFar({ expected, reported }: Row, cost: number): boolean {
  // A tolerance of 5% would be 0 for a delay of 0: allow 5 ms for a busy machine, which still distinguishes it from the
  // next delay.
  return expected === 0 ? reported > 5 : Math.abs(reported - cost - expected) > 0.05 * expected
}

/**
 * Measures until the given quantiles of one run are all within 5%, at most `attempts` times: other work on the machine
 * makes requests slower. It never makes them faster, so no quantile of any run may be lower.
 */
async function measure(
  profile: Profile,
  spacing: Spacing,
  generators: number,
  stall: Stall | undefined,
  wanted: (row: Row) => boolean,
  attempts: number,
): Promise<void> {
  let far: Row[] = []
  for (let i = 0; i < attempts && (i === 0 || far.length > 0); i++) {
    const rows = rowsOf(await load(profile, spacing, generators, stall), profile, spacing, stall)
    expect(rows.filter(row => row.reported < 0.95 * row.expected)).toEqual([])
    const bare = rows.find(({ row, name }) => row === '0 ms' && name === 'p50')!
    // During a stall the cost of HTTP is negligible, and half of the requests with a delay of 0 ms meet the stall.
    far = rows.filter(row => wanted(row) && isFar(row, stall ? 0 : bare.reported))
  }
  expect(far).toEqual([])
}

test.each([1, GENERATORS])('%i generators report delays of 0, 20 and 200 ms within 5%', async generators => {
  const profile = { summary: '', warmup: 0.2, stages: [{ seconds: 0.6, rate: 60 }] }
  // The tail of so few requests depends on the machine as much as on the server; but a third of all requests takes 200
  // ms.
  const wanted = ({ row, name }: Row) => name === 'p50' || (row === 'all' && name === 'p90')
  await measure(profile, 'constant', generators, undefined, wanted, 25)
})

test.each([
  [1, 'constant'],
  [1, 'poisson'],
  [GENERATORS, 'poisson'],
] as const)(
  '%i generators report a stall of 2 s as users meet it, %s arrivals',
  async (generators, spacing) => {
    const profile = { summary: '', warmup: 0.3, stages: [{ seconds: 3, rate: 60 }] }
    // Two thirds of all requests meet the stall, which therefore determines the quantiles from p90 on.
    await measure(profile, spacing, generators, { from: 500, to: 2500 }, ({ name }) => name !== 'p50', 4)
  },
)
