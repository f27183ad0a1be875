import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Command } from 'commander'
import { FOLDERS } from '../../edge/node/build.ts'
import { wholeNumber } from '../../edge/node/flags.ts'
import { behave, CROWD, dawdle, hangUp, type Soak, statusOf, TRAINED, vanish } from './clients.ts'
import { writeModel } from './fixture.ts'
import {
  buildTargets,
  openFiles,
  RUNTIMES,
  type RuntimeName,
  residentMemory,
  type Target,
  type Targets,
} from './targets.ts'

const program = new Command('soak')
  .description(
    'Mixed load with hang-ups, slow clients and vanishing model files; ends with 1 if an answer was wrong.',
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
  for (const [i, id] of CROWD.entries())
    await writeModel(zoo, { id, kind: 'vae', latentDim: i + 2, layers: 4 })
  const targets = await buildTargets(zoo)
  try {
    const runtimes = RUNTIMES.filter(runtime => !flags.runtime || flags.runtime === runtime)
    // One after the other, for a new child process is how a server's own is known.
    const started: [RuntimeName, Target][] = []
    for (const runtime of runtimes) started.push([runtime, await targets.start(runtime, 'api')])
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
    tally: { answers: {}, wrong: [], hangUps: 0, slow: 0, vanished: 0, recovery: 0, memory: [] },
    folder: runtime === 'workerd' ? targets.assetZoo : targets.zoo,
    missing: new Set(),
    until: performance.now() + flags.minutes * 60_000,
    first: new Map(),
  }
  await Promise.all([
    ...Array.from({ length: flags.clients }, (_, i) => behave(soak, i)),
    hangUp(soak),
    dawdle(soak),
    vanish(soak),
    watch(soak, runtime),
  ])
  const passed = await conclude(soak, runtime)
  await target.stop()
  return passed
}

async function watch(soak: Soak, runtime: RuntimeName): Promise<void> {
  const started = performance.now()
  while (performance.now() < soak.until) {
    await sleep(Math.min(30_000, Math.max(0, soak.until - performance.now())))
    const { tally, target } = soak
    tally.memory.push(Math.round(residentMemory(target.pid)))
    const minutes = ((performance.now() - started) / 60_000).toFixed(1)
    const answers = Object.values(tally.answers).reduce((sum, count) => sum + count, 0)
    console.log(
      `${runtime.padEnd(8)} ${minutes} min  ${answers} answers  ${tally.wrong.length} wrong  ` +
        `${tally.memory.at(-1)} MiB  ${openFiles(target.pid)} files`,
    )
  }
}

async function conclude(soak: Soak, runtime: RuntimeName): Promise<boolean> {
  const { tally } = soak
  const ready = await fetch(`${soak.target.url}/readyz`)
  const alive = await Promise.all([TRAINED, ...CROWD].map(id => statusOf(soak, id)))
  console.log(
    `\n${runtime}: ${JSON.stringify({ ...tally, wrong: tally.wrong.length, recovery: Math.round(tally.recovery), readyz: ready.status })}`,
  )
  for (const line of tally.wrong.slice(0, 10)) console.log(`  wrong: ${line}`)
  return (
    tally.wrong.length === 0 && tally.recovery < 15_000 && ready.ok && alive.every(status => status === 200)
  )
}

await main()
