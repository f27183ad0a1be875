import { Command } from 'commander'
import { wholeNumber } from '../../../edge/node/flags.ts'
import { summarize } from '../../load/result/quantiles.ts'
import {
  buildTargets,
  processorTime,
  RUNTIMES,
  type RuntimeName,
  residentMemory,
  type Target,
  type Targets,
} from '../targets.ts'
import { type LoopRequest, sendClosedLoop } from './closed-loop.ts'
import { measureColdStart } from './cold-start.ts'

const MODEL = 'mnist-vae-l2-z2'

/** One line of the report. */
type Line =
  | {
      runtime: RuntimeName
      case: string
      requestsPerSecond: number
      /** Milliseconds. */
      p50: number
      p99: number
      /** Requests per second divided by those of the bare route, measured alternately. */
      ratioToBare: number
      /** CPU time of the server per request: less affected by other load on the machine than the rate. */
      cpuMicros: number
      cpuRatioToBare: number
    }
  | { runtime: RuntimeName; case: 'cold start'; step: string; cpuMs: number; wallMs: number }
  | { runtime: RuntimeName; case: 'memory'; requests: number; mebibytes: number }

type Case = LoopRequest & { name: string }

interface Flags {
  json?: boolean
  seconds: number
  memory: number
  connections: number
  starts: number
  runtime?: RuntimeName
  quick?: boolean
}

/** What `--quick` sets. */
const QUICK = { seconds: 1, starts: 3, memory: 0 }

const program = new Command('npm run bench:edge --')
  .description(
    'Measure the API against a bare Hono route on the same runtime, in workerd (no proxy) and in Node.',
  )
  .option('--json', 'one JSON object a line')
  .option('--seconds <number>', 'seconds a case; 0 for the start alone', wholeNumber(), 5)
  .option('--connections <number>', 'connections kept busy', wholeNumber(), 8)
  .option('--memory <number>', 'requests for the memory figure; 0 for none', wholeNumber(), 100_000)
  .option('--starts <number>', 'starts of each server; 0 for no figures of the start', wholeNumber(), 5)
  .option('--quick', 'one second a case, three starts, no memory figure: two minutes in all')
  .option('--runtime <name>', 'only workerd, or only node')

async function main(): Promise<void> {
  const given = program.parse().opts<Flags>()
  const flags = { ...given, ...(given.quick && QUICK) }
  const targets = await buildTargets()
  const tell = (line: Line) => console.log(flags.json ? JSON.stringify(line) : describe(line))
  try {
    for (const runtime of RUNTIMES) {
      if (flags.runtime && flags.runtime !== runtime) continue
      await measureRuntime(targets, runtime, flags, tell)
    }
  } finally {
    await targets.remove()
  }
}

async function measureRuntime(
  targets: Targets,
  runtime: RuntimeName,
  flags: Flags,
  tell: (line: Line) => void,
): Promise<void> {
  if (flags.starts > 0) {
    if (!flags.json) console.log(STARTS_HEADING)
    for (const { name, cpu, wall } of await measureColdStart(targets, runtime, flags.starts)) {
      tell({ runtime, case: 'cold start', step: name, cpuMs: cpu, wallMs: wall })
    }
  }
  if (flags.seconds === 0) return
  if (!flags.json) console.log(CASES_HEADING)
  const api = await targets.start(runtime, 'api')
  const bare = await targets.start(runtime, 'bare')
  const bareCase = { name: 'bare route', path: () => '/bare' }
  try {
    await warmUp(bare, bareCase, flags)
    for (const each of await listCases(api)) {
      await warmUp(api, each, flags)
      const [{ rate, p50, p99, cpu }, base] = await takeTurns([api, each], [bare, bareCase], flags)
      tell({
        runtime,
        case: each.name,
        requestsPerSecond: Math.round(rate),
        p50,
        p99,
        ratioToBare: rate / base.rate,
        cpuMicros: cpu,
        cpuRatioToBare: base.cpu / cpu,
      })
    }
    if (flags.memory > 0) await measureMemory(api, runtime, flags, tell)
  } finally {
    await Promise.all([api.stop(), bare.stop()])
  }
}

async function listCases(api: Target): Promise<Case[]> {
  const { version } = (await (await fetch(`${api.url}/v1/models/${MODEL}`)).json()) as { version: string }
  const digit = Buffer.from(await (await fetch(`${api.url}/v1/models/${MODEL}/sample?seed=1`)).arrayBuffer())
  let seed = 0
  const path = (query: string) => () => `/v1/models/${MODEL}/${query}&seed=${seed++}`
  const pinned = (query: string) => () => `/v1/models/${MODEL}@${version}/sample?${query}&seed=7`
  return [
    { name: 'health', path: () => '/healthz' },
    { name: 'sample n=1 f32', path: path('sample?n=1&format=f32') },
    { name: 'sample n=16 f32', path: path('sample?n=16&format=f32') },
    { name: 'sample n=1 png', path: path('sample?n=1') },
    { name: 'sample n=16 png', path: path('sample?n=16') },
    { name: 'reconstruct json', path: () => `/v1/models/${MODEL}/reconstruct?format=json`, body: digit },
    { name: 'cached n=1 png', path: pinned('n=1') },
    { name: 'cached n=16 png', path: pinned('n=16') },
  ]
}

/** Warm-up by a number of requests, so that the JIT compilers have run; a fixed time does not ensure that. */
async function warmUp(target: Target, what: Case, { connections }: Flags): Promise<void> {
  await sendClosedLoop(target.url, what, connections, { amount: 3000 })
}

/** Rounds of load on each of two servers, alternately, so that changes in machine load affect both. */
const TURNS = 5

/** Loads two servers alternately. Returns for each: requests per second, latencies in ms, CPU time in µs per request. */
async function takeTurns(one: [Target, Case], other: [Target, Case], flags: Flags) {
  const sums = [one, other].map(() => ({ latencies: [] as number[], milliseconds: 0, cpu: 0 }))
  for (let turn = 0; turn < TURNS; turn++) {
    for (const [i, [target, what]] of [one, other].entries()) {
      const before = processorTime(target.pid)
      const until = { milliseconds: (1000 * flags.seconds) / TURNS }
      const { latencies, milliseconds } = await sendClosedLoop(target.url, what, flags.connections, until)
      for (const latency of latencies) sums[i].latencies.push(latency)
      sums[i].milliseconds += milliseconds
      sums[i].cpu += processorTime(target.pid) - before
    }
  }
  return sums.map(({ latencies, milliseconds, cpu }) => {
    const { p50, p99 } = summarize(Float64Array.from(latencies))
    if (p50 === null || p99 === null) throw new Error('expected answers, got none')
    const answers = latencies.length
    return { rate: (1000 * answers) / milliseconds, p50, p99, cpu: (1000 * cpu) / answers }
  })
}

/** Resident memory at intervals during many requests with different seeds; it should stay constant. */
async function measureMemory(
  api: Target,
  runtime: RuntimeName,
  flags: Flags,
  tell: (line: Line) => void,
): Promise<void> {
  let seed = 1e6
  const step = Math.ceil(flags.memory / 5)
  for (let requests = step; requests <= flags.memory; requests += step) {
    const path = () =>
      `/v1/models/${MODEL}/sample?n=${1 + (seed % 8)}&seed=${seed++}&format=${seed % 3 ? 'f32' : 'png'}`
    await sendClosedLoop(api.url, { path }, flags.connections, { amount: step })
    tell({ runtime, case: 'memory', requests, mebibytes: Math.round(residentMemory(api.pid)) })
  }
}

/** Widths of the columns of the report. */
const STARTS_HEADING = `\nruntime  cold start, medians${' '.repeat(44)}CPU ms  wall ms`
const CASES_HEADING = '\nruntime  case                    req/s   p50 ms   p99 ms  ÷ bare   CPU µs  bare ÷'

function describe(line: Line): string {
  const head = `${line.runtime.padEnd(8)} ${line.case.padEnd(20)}`
  if ('step' in line) {
    return `${line.runtime.padEnd(8)} ${line.step.padEnd(60)} ${line.cpuMs.toFixed(1).padStart(8)} ${line.wallMs.toFixed(1).padStart(8)}`
  }
  if ('mebibytes' in line) return `${head} ${line.mebibytes} MiB after ${line.requests} requests`
  if (!('p50' in line)) return head
  const number = (value: number, digits: number, width: number) => value.toFixed(digits).padStart(width)
  return [
    head,
    number(line.requestsPerSecond, 0, 8),
    number(line.p50, 2, 8),
    number(line.p99, 2, 8),
    number(line.ratioToBare, 2, 7),
    number(line.cpuMicros, 0, 8),
    number(line.cpuRatioToBare, 2, 7),
  ].join(' ')
}

await main()
