import { cp, mkdtemp, rename, rm } from 'node:fs/promises'
import { createConnection } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Command } from 'commander'
import { FOLDERS } from '../../edge/node/build.ts'
import { wholeNumber } from '../../edge/node/flags.ts'
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

const TRAINED = 'mnist-vae-l2-z2'
/** Models whose sessions together are more than may be kept, so that files are read again all the time. */
const CROWD = Array.from({ length: 10 }, (_, i) => `crowd-vae-l4-z${i + 2}`)

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

/** What happened on one runtime. */
interface Tally {
  answers: Record<string, number>
  /** Answers that differ from the first to the same request, or that no request may get. */
  wrong: string[]
  hangUps: number
  slow: number
  vanished: number
  /** Milliseconds from a file's return to the first good answer, at worst. */
  recovery: number
  memory: number[]
}

interface Soak {
  target: Target
  tally: Tally
  /** The folder files vanish from. */
  folder: string
  /** Models whose files are gone now, or were until a moment ago. */
  missing: Set<string>
  until: number
  /** The first answer to each request, by its name. */
  first: Map<string, string>
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

/** Requests of every kind, again and again: each must be answered as it was the first time. */
async function behave(soak: Soak, client: number): Promise<void> {
  const digit = new Uint8Array(784).map((_, i) => (i * 37) % 256)
  const post = { method: 'POST', headers: { 'content-type': 'application/octet-stream' }, body: digit }
  for (let turn = client; performance.now() < soak.until; turn++) {
    const k = (turn * 7) % 40
    const crowd = CROWD[turn % CROWD.length]
    const requests: [string, string, RequestInit?][] = [
      [TRAINED, `sample?n=${1 + (k % 16)}&seed=${k}`],
      [TRAINED, `sample?n=1&seed=${turn}&format=f32`],
      [TRAINED, `grid?size=${2 + (k % 10)}&format=npy`],
      [TRAINED, `interpolate?from=seed:${k}&to=class:${k % 10}&steps=8&format=apng`],
      [TRAINED, `interpolate?from=seed:${k}&to=seed:1&steps=4&format=sse`],
      [TRAINED, `reconstruct?format=json`, post],
      [crowd, `sample?n=2&seed=${k}&format=f32`],
      [crowd, `encode`, post],
      [TRAINED, `sample?n=${k}x`],
    ]
    const [model, query, init] = requests[turn % requests.length]
    await check(soak, model, query, init)
  }
}

async function check(soak: Soak, model: string, query: string, init?: RequestInit): Promise<void> {
  const { tally, first, missing } = soak
  const gone = missing.has(model)
  let response: Response
  let body: string
  try {
    response = await fetch(`${soak.target.url}/v1/models/${model}/${query}`, init)
    body = Buffer.from(await response.arrayBuffer()).toString('base64')
  } catch (error) {
    tally.wrong.push(`${model}/${query}: ${(error as Error).cause ?? error}`)
    return
  }
  tally.answers[response.status] = (tally.answers[response.status] ?? 0) + 1
  const name = `${model}/${query}`
  if (response.status === 503 && (gone || missing.has(model))) return
  const expected = query.endsWith('x') ? 400 : 200
  if (response.status !== expected) {
    tally.wrong.push(`${name}: ${response.status} ${Buffer.from(body, 'base64').toString().slice(0, 200)}`)
  } else if (first.has(name)) {
    if (first.get(name) !== body) tally.wrong.push(`${name}: not the answer it had before`)
  } else if (first.size < 4000) {
    first.set(name, body)
  }
}

/** Clients that ask and leave: by fetch, and by cutting the connection while they are being answered. */
async function hangUp(soak: Soak): Promise<void> {
  const { hostname, port } = new URL(soak.target.url)
  for (let turn = 0; performance.now() < soak.until; turn++) {
    const model = turn % 3 ? TRAINED : CROWD[turn % CROWD.length]
    const query =
      turn % 2 ? `grid?size=10&format=json&range=${1 + (turn % 50) / 10}` : `sample?n=64&seed=${turn}`
    if (turn % 4) {
      const leave = AbortSignal.timeout(1 + (turn % 25))
      await fetch(`${soak.target.url}/v1/models/${model}/${query}`, { signal: leave })
        .then(
          r => r.arrayBuffer(),
          () => {},
        )
        .catch(() => {})
    } else {
      const socket = createConnection(Number(port), hostname).on('error', () => {})
      socket.write(`GET /v1/models/${model}/${query} HTTP/1.1\r\nHost: x\r\n\r\n`)
      await sleep(turn % 30)
      socket.destroy()
    }
    soak.tally.hangUps++
    await sleep(400)
  }
}

/** Clients that send a byte now and then, and clients that do not read what they asked for. */
async function dawdle(soak: Soak): Promise<void> {
  const { hostname, port } = new URL(soak.target.url)
  while (performance.now() < soak.until) {
    const sockets = Array.from({ length: 12 }, () =>
      createConnection(Number(port), hostname).on('error', () => {}),
    )
    for (const [i, socket] of sockets.entries()) {
      if (i % 2)
        socket
          .pause()
          .write(
            `GET /v1/models/${TRAINED}/grid?size=16&format=json&range=${i + 1} HTTP/1.1\r\nHost: x\r\n\r\n`,
          )
      else
        socket.write(
          `POST /v1/models/${TRAINED}/encode HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\nContent-Length: 900\r\n\r\n`,
        )
    }
    for (let second = 0; second < 8 && performance.now() < soak.until; second++) {
      for (const [i, socket] of sockets.entries()) if (i % 2 === 0 && socket.writable) socket.write('x')
      await sleep(1000)
    }
    for (const socket of sockets) socket.destroy()
    soak.tally.slow += sockets.length
  }
}

/** Takes a model's decoder away for a while, and waits for the model to answer again after its return. */
async function vanish(soak: Soak): Promise<void> {
  for (let turn = 0; performance.now() < soak.until; turn++) {
    const id = CROWD[turn % CROWD.length]
    const file = path.join(soak.folder, id, 'decoder.onnx')
    soak.missing.add(id)
    await rename(file, `${file}.gone`)
    await sleep(4000)
    await rename(`${file}.gone`, file)
    soak.tally.vanished++
    const from = performance.now()
    while ((await statusOf(soak, id)) !== 200 && performance.now() - from < 15_000) await sleep(50)
    soak.tally.recovery = Math.max(soak.tally.recovery, performance.now() - from)
    // A request that began while the file was gone may still be on its way.
    await sleep(1000)
    soak.missing.delete(id)
    await sleep(1000)
  }
}

async function statusOf(soak: Soak, id: string): Promise<number> {
  const response = await fetch(
    `${soak.target.url}/v1/models/${id}/sample?seed=${Date.now() % 1e6}&format=f32`,
  )
  await response.arrayBuffer()
  return response.status
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
