import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Command } from 'commander'
import { FOLDERS } from '../../../edge/node/build.ts'
import { wholeNumber } from '../../../edge/node/flags.ts'
import { writeModel } from '../fixture-model.ts'
import {
  buildTargets,
  openFiles,
  RUNTIMES,
  type RuntimeName,
  residentMemory,
  type Target,
  type Targets,
} from '../targets.ts'
import {
  checkReplies,
  connectSlowly,
  hangUp,
  OTHER_MODELS,
  removeFiles,
  type Soak,
  statusOf,
  type Tally,
  TRAINED,
} from './clients.ts'
import { inspect, inspectOthers, type Memory } from './inspector.ts'

const program = new Command('npm run soak --')
  .description(
    'Send mixed load with disconnects, slow clients and removed model files. Exit code 1: a reply was wrong, a model did ' +
      'not recover, or memory grew.',
  )
  .option('--minutes <number>', 'how long', wholeNumber(), 10)
  .option('--runtime <name>', 'only workerd, or only node')
  .option('--clients <number>', 'well-behaved clients of each runtime', wholeNumber(), 6)

interface Flags {
  minutes: number
  runtime?: RuntimeName
  clients: number
}

async function main(): Promise<void> {
  const flags = program.parse().opts<Flags>()
  const zoo = await mkdtemp(path.join(tmpdir(), 'latent-edge-soak-'))
  await cp(path.join(FOLDERS.zoo, TRAINED), path.join(zoo, TRAINED), { recursive: true })
  for (const [i, id] of OTHER_MODELS.entries())
    await writeModel(zoo, { id, kind: 'vae', latentDim: i + 2, layers: 4 })
  const targets = await buildTargets(zoo)
  try {
    const runtimes = RUNTIMES.filter(runtime => !flags.runtime || flags.runtime === runtime)
    // Servers start one after the other: the process of each is identified as the new child process.
    const started: [RuntimeName, Target][] = []
    for (const runtime of runtimes) started.push([runtime, await targets.start(runtime, 'api', true)])
    const passed = await Promise.all(
      started.map(([runtime, target]) => soakRuntime(targets, target, runtime, flags)),
    )
    if (passed.includes(false)) process.exitCode = 1
  } finally {
    await targets.remove()
    await rm(zoo, { recursive: true, force: true })
  }
}

async function soakRuntime(
  targets: Targets,
  target: Target,
  runtime: RuntimeName,
  flags: Flags,
): Promise<boolean> {
  const soak: Soak = {
    target,
    tally: {
      answers: {},
      wrong: [],
      hangUps: 0,
      slow: 0,
      removed: 0,
      recovery: 0,
      resident: [],
      needed: [],
      beside: [],
    },
    folder: runtime === 'workerd' ? targets.assetZoo : targets.zoo,
    missing: new Set(),
    until: performance.now() + flags.minutes * 60_000,
    first: new Map(),
  }
  await Promise.all([
    ...Array.from({ length: flags.clients }, (_, i) => checkReplies(soak, i)),
    hangUp(soak),
    connectSlowly(soak),
    removeFiles(soak),
    watch(soak, runtime),
  ])
  const passed = await conclude(soak, runtime)
  await target.stop()
  return passed
}

/** Parts of the run. Memory is collected and measured only at the end of each, so that growth in between stays visible. */
const PARTS = 5
/** Maximum growth of heap and buffers from the second part to the end, MiB: the number of responses in flight varies. */
const SLACK = 4
/**
 * Maximum ratio of resident memory at the end to that after the second part, both after a garbage collection. It is above 1
 * because workerd's allocator keeps the memory that the largest responses in flight once needed.
 */
const GROWTH = 1.1
/** Memory limit of a Worker, MiB. */
const WORKER = 128

async function watch(soak: Soak, runtime: RuntimeName): Promise<void> {
  const { tally, target } = soak
  const inspector = await inspect(target.inspector ?? '')
  const others = await inspectOthers(target.inspector ?? '')
  const started = performance.now()
  const part = (soak.until - started) / PARTS
  for (let next = 1; next <= PARTS; ) {
    const partEnd = started + next * part
    await sleep(Math.min(30_000, Math.max(0, partEnd - performance.now())))
    const minutes = ((performance.now() - started) / 60_000).toFixed(1)
    const head = `${runtime.padEnd(8)} ${minutes} min  ${answersOf(soak)} answers  ${tally.wrong.length} wrong`
    console.log(`${head}  ${resident(target)} MiB resident  ${openFiles(target.pid)} files`)
    if (performance.now() < partEnd) continue
    tally.needed.push(await inspector.memory())
    const beside = await Promise.all(others.map(other => other.memory()))
    tally.beside.push(beside.reduce((sum, each) => sum + scriptOf(each), 0))
    tally.resident.push(resident(target))
    console.log(`${''.padEnd(8)} ${tell(tally, next++ - 1)}`)
  }
  for (const each of [inspector, ...others]) each.close()
}

function resident({ pid }: Target): number {
  return Math.round(residentMemory(pid))
}

function scriptOf({ heap, buffers }: Memory): number {
  return heap + buffers
}

function answersOf({ tally }: Soak): number {
  return Object.values(tally.answers).reduce((sum, count) => sum + count, 0)
}

function tell({ needed, beside, resident }: Tally, part: number): string {
  const { heap, buffers, wasm } = needed[part]
  const own = `heap ${heap.toFixed(1)}, buffers ${buffers.toFixed(1)}, wasm ${wasm.toFixed(1)}`
  return `needed: ${own}, beside ${beside[part].toFixed(1)} of ${resident[part]} MiB resident`
}

/** The reason why memory exceeds a limit, or undefined. The first part is ignored, because caches fill during it. */
function memoryFault({ needed, beside, resident }: Tally, runtime: RuntimeName): string | undefined {
  const last = PARTS - 1
  if (resident[last] > GROWTH * resident[1])
    return `resident memory grew from ${resident[1]} to ${resident[last]} MiB`
  const grown = scriptOf(needed[last]) - scriptOf(needed[1])
  if (grown > SLACK) return `heap and buffers grew by ${grown.toFixed(1)} MiB`
  if (beside[last] - beside[1] > SLACK)
    return `other isolates grew by ${(beside[last] - beside[1]).toFixed(1)} MiB`
  const most = Math.max(...needed.map(({ heap, buffers, wasm }) => heap + buffers + wasm))
  if (runtime === 'workerd' && most > WORKER) return `${most.toFixed(0)} MiB are more than a Worker may have`
  return undefined
}

async function conclude(soak: Soak, runtime: RuntimeName): Promise<boolean> {
  const { tally } = soak
  const ready = await fetch(`${soak.target.url}/readyz`)
  const alive = await Promise.all([TRAINED, ...OTHER_MODELS].map(id => statusOf(soak, id)))
  const { wrong, needed, beside, recovery, ...counts } = tally
  console.log(
    `\n${runtime}: ${JSON.stringify({ ...counts, wrong: wrong.length, recovery: Math.round(recovery), readyz: ready.status })}`,
  )
  for (const part of needed.keys()) console.log(`  ${tell(tally, part)}`)
  for (const line of wrong.slice(0, 10)) console.log(`  wrong: ${line}`)
  const faults = [
    wrong.length > 0 && `${wrong.length} wrong answers`,
    recovery >= 15_000 && `a model took ${Math.round(recovery)} ms to come back`,
    !(ready.ok && alive.every(status => status === 200)) && 'a model does not answer',
    memoryFault(tally, runtime),
  ].filter(fault => typeof fault === 'string')
  console.log(`  ${runtime}: ${faults.length > 0 ? `FAILED: ${faults.join('; ')}` : 'passed'}`)
  return faults.length === 0
}

await main()
