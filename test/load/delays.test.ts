import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { performance } from 'node:perf_hooks'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Entry } from './mix.ts'
import { planArrivals, type Spacing } from './plan.ts'
import type { Profile } from './profiles.ts'
import type { Latency, Result } from './result.ts'
import { runLoad } from './run.ts'
import { resolveTarget, type Target } from './target.ts'

const DELAYS = [0, 20, 200]
const SEED = 3
const MIX: Entry[] = DELAYS.map(delay => ({
  name: `${delay} ms`,
  weight: 1,
  method: 'GET',
  path: `/${delay}`,
  expect: { status: 200, type: 'text/plain', body: { begins: 'ok', bytes: 2 } },
}))

let server: ChildProcess
let target: Target
beforeAll(async () => {
  server = fork(new URL('delayed-server.ts', import.meta.url))
  const [{ port }] = (await once(server, 'message')) as [{ port: number }]
  target = await resolveTarget(`http://127.0.0.1:${port}`)
})
afterAll(() => {
  server.kill()
})

/** A stall of the whole server, milliseconds from the start of the count. */
interface Stall {
  from: number
  to: number
}

async function load(profile: Profile, spacing: Spacing, stall?: Stall): Promise<Result> {
  // Time for the first look, which takes 220 ms. The plan begins with the warm-up, and the count that much later.
  const begin = performance.now() + 600
  const plan = planArrivals(
    profile,
    MIX.map(entry => entry.weight),
    spacing,
    SEED,
  )
  if (stall) {
    const toSystem = Number(process.hrtime.bigint()) / 1e6 - performance.now()
    const zero = begin - plan.times[0] + toSystem
    server.send({ stall: { at: zero + stall.from, ms: stall.to - stall.from } })
  }
  return runLoad({
    target,
    model: 'none',
    profile: { name: 'test', ...profile },
    scale: 1,
    spacing,
    seed: SEED,
    mix: MIX,
    timeout: 5000,
    maxInFlight: 1000,
    ...(stall && { begin }),
  })
}

/** What a user who comes at `at` must see, by nothing but the server's delays. */
function latencyOf(at: number, delay: number, stall: Stall | undefined): number {
  if (!stall) return delay
  // One who comes in the stall is heard after it; an answer due in the stall is sent after it.
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

function rowsOf(result: Result, profile: Profile, spacing: Spacing, stall: Stall | undefined): Row[] {
  const { times, entries } = planArrivals(
    profile,
    MIX.map(entry => entry.weight),
    spacing,
    SEED,
  )
  const users = Array.from(times, (at, i) => ({ at, entry: entries[i] })).filter(({ at }) => at >= 0)
  expect(result).toMatchObject({ requests: users.length, failed: 0, unfinished: 0 })
  const rows = (row: string, own: typeof users, latency: Latency): Row[] =>
    Object.entries(SHARES).map(([name, share]) => ({
      row,
      name: name as Name,
      reported: latency[name as Name]!,
      expected: expectedQuantile(
        own.map(({ at, entry }) => latencyOf(at, DELAYS[entry], stall)),
        share,
      ),
    }))
  return [
    ...DELAYS.flatMap((delay, k) =>
      rows(
        `${delay} ms`,
        users.filter(({ entry }) => entry === k),
        result.entries[k].latency,
      ),
    ),
    ...rows('all', users, result.latency),
  ]
}

/**
 * Whether a row is 5% off.
 *
 * @param cost what an answer takes where the server adds no delay: HTTP itself on this machine, as busy as it is
 */
function isFar({ expected, reported }: Row, cost: number): boolean {
  // 5% of nothing is nothing: 0 has to be told from the next delay, with room for a busy machine.
  return expected === 0 ? reported > 5 : Math.abs(reported - cost - expected) > 0.05 * expected
}

/**
 * Measures until the wanted quantiles of one run are all within 5%, `attempts` times at most: other work on the machine
 * makes requests slower. It never makes them faster, so no quantile of any run may be lower.
 */
async function measure(
  profile: Profile,
  spacing: Spacing,
  stall: Stall | undefined,
  wanted: (row: Row) => boolean,
  attempts: number,
): Promise<void> {
  let far: Row[] = []
  for (let i = 0; i < attempts && (i === 0 || far.length > 0); i++) {
    const rows = rowsOf(await load(profile, spacing, stall), profile, spacing, stall)
    expect(rows.filter(row => row.reported < 0.95 * row.expected)).toEqual([])
    const bare = rows.find(({ row, name }) => row === '0 ms' && name === 'p50')!
    // Beside a stall it is nothing, and half of those who ask for 0 ms meet the stall.
    far = rows.filter(row => wanted(row) && isFar(row, stall ? 0 : bare.reported))
  }
  expect(far).toEqual([])
}

test('delays of 0, 20 and 200 ms are reported within 5%', async () => {
  const profile = { summary: '', warmup: 0.2, stages: [{ seconds: 0.6, rate: 60 }] }
  // The tail of so few requests is the machine's as much as the server's; but a third of all takes 200 ms.
  const wanted = ({ row, name }: Row) => name === 'p50' || (row === 'all' && name === 'p90')
  await measure(profile, 'constant', undefined, wanted, 25)
})

test.each(['constant', 'poisson'] as const)(
  'a stall of 2 s is reported as long and as often as users meet it, %s arrivals',
  async spacing => {
    const profile = { summary: '', warmup: 0.3, stages: [{ seconds: 3, rate: 60 }] }
    // Two thirds of all requests meet the stall: from p90 on it is all that counts.
    await measure(profile, spacing, { from: 500, to: 2500 }, ({ name }) => name !== 'p50', 4)
  },
)
