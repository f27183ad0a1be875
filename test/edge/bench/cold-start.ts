import { readFileSync } from 'node:fs'
import { performance } from 'node:perf_hooks'
import { processorTime, type RuntimeName, type Target, type Targets, type What } from '../targets.ts'

/** Time of a step, in milliseconds. */
export interface Cost {
  cpu: number
  wall: number
}

/** A step between the start of the process and an answer. */
export interface ColdStep extends Cost {
  name: string
}

/** A request whose cost is measured, and its name in the report. */
type TimedRequest = [name: string, path: string]

/**
 * The model that is requested after the default model. Another one is requested before it, so that the asset server has
 * started.
 */
const OTHER = 'mnist-vae-l2-z2'
const sample = (model: string, seed: number) => `/v1/models/${model}/sample?seed=${seed}&format=f32`
const ANSWERS: TimedRequest[] = [
  ['first answer, default model', sample('default', 1)],
  ['second answer', sample('default', 2)],
]
const OTHERS: TimedRequest[] = [
  ['(assets awake)', `/v1/models/mnist-ae-l1-z2/decoder.onnx`],
  [`first answer, ${OTHER}`, sample(OTHER, 1)],
  ['second answer of it', sample(OTHER, 2)],
]

/**
 * Measures starts, from the start of the server's process to its first reply; in workerd also what comes before, Miniflare's
 * work in Node: several fresh processes, and the median of each step. In workerd the parts of the start are the
 * differences between three Workers: a bare route; the API without a start at global scope, whose first request starts
 * ONNX Runtime; and the API.
 */
export async function measureColdStart(
  targets: Targets,
  runtime: RuntimeName,
  rounds: number,
): Promise<ColdStep[]> {
  const variants: What[] = runtime === 'workerd' ? ['bare', 'late', 'api'] : ['bare', 'api']
  const runs = new Map<What, ColdStep[][]>(variants.map(what => [what, []]))
  for (let round = 0; round < rounds; round++) {
    for (const what of variants) runs.get(what)?.push(await startOnce(targets, runtime, what))
  }
  const [bare, api] = [medians(runs.get('bare')!), medians(runs.get('api')!)]
  const late = runs.has('late') ? medians(runs.get('late')!) : undefined
  const [configuration, start, ...answers] = api
  if (!late) {
    return [
      { ...bare[1], name: 'process, with a bare route' },
      minus('imports and listening', start, bare[1]),
      { ...start, name: 'process start in all' },
      ...answers,
    ]
  }
  const first = late.find(({ name }) => name === ANSWERS[0][0])!
  return [
    { ...bare[0], name: 'before: Miniflare, with a bare route' },
    { ...configuration, name: 'before: Miniflare, with the API' },
    { ...bare[1], name: 'process, with a bare route' },
    minus('isolate: script and catalog', late[1], bare[1]),
    minus('global scope: runtime, default model, warm-up', start, late[1]),
    { ...start, name: 'process start in all' },
    ...answers,
    { ...first, name: 'first answer without the start at global scope' },
    minus('of it the runtime and the model', first, answers[1]),
  ]
}

async function startOnce(targets: Targets, runtime: RuntimeName, what: What): Promise<ColdStep[]> {
  const from = performance.now()
  const used = process.cpuUsage()
  const target = await targets.start(runtime, what)
  try {
    const path = what === 'bare' ? '/bare' : '/healthz'
    await ask(target, path)
    const start = { name: 'start', cpu: processorTime(target.pid), wall: age(target.pid) }
    const { user, system } = process.cpuUsage(used)
    const before = {
      name: 'before',
      cpu: (user + system) / 1000,
      wall: performance.now() - from - start.wall,
    }
    const steps: ColdStep[] = [before, start]
    if (what === 'bare') return steps
    for (const [name, each] of [...ANSWERS, ...OTHERS]) steps.push({ name, ...(await costOf(target, each)) })
    return steps
  } finally {
    await target.stop()
  }
}

/** Milliseconds since a process was started, to 10 ms (Linux, proc(5): its start in ticks of 10 ms since the boot). */
function age(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const start = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19])
  const [uptime] = readFileSync('/proc/uptime', 'utf8').split(' ')
  return 1000 * Number(uptime) - 10 * start
}

async function costOf(target: Target, path: string): Promise<Cost> {
  const [cpu, wall] = [processorTime(target.pid), performance.now()]
  await ask(target, path)
  const answered = performance.now() - wall
  return { cpu: processorTime(target.pid) - cpu, wall: answered }
}

async function ask({ url }: Target, path: string): Promise<void> {
  const answer = await fetch(url + path)
  if (answer.status !== 200) throw new Error(`${path}: expected 200, got ${answer.status}`)
  await answer.arrayBuffer()
}

/** The median of each step over the runs. */
function medians(runs: readonly ColdStep[][]): ColdStep[] {
  const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1]
  return runs[0].map(({ name }, i) => ({
    name,
    cpu: median(runs.map(run => run[i].cpu)),
    wall: median(runs.map(run => run[i].wall)),
  }))
}

function minus(name: string, a: Cost, b: Cost): ColdStep {
  return { name, cpu: a.cpu - b.cpu, wall: a.wall - b.wall }
}
