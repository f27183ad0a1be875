import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { buildAssets, buildWorker, FOLDERS, ROOT } from '../../edge/node/build.ts'
import { startWorkerd } from '../../edge/node/workerd.ts'

/** A server under load and its process. */
export interface Target {
  url: string
  pid: number
  /** Where its inspector listens, if asked for. */
  inspector?: string
  stop(): Promise<void>
}

/** The runtimes in which the API runs. */
export const RUNTIMES = ['workerd', 'node'] as const

/** The name of a runtime. */
export type RuntimeName = (typeof RUNTIMES)[number]

/** The API; a bare Hono route; or, in workerd, the API with ONNX Runtime started by the first request. */
export type What = 'api' | 'bare' | 'late'

/** The servers to measure; each is started on demand. */
export interface Targets {
  /** Folder of the models Node serves. */
  zoo: string
  /** Folder of the models workerd serves. */
  assetZoo: string
  start(runtime: RuntimeName, what: What, inspect?: boolean): Promise<Target>
  remove(): Promise<void>
}

/** Builds what is to be measured in a folder of its own. */
export async function buildTargets(zoo: string = FOLDERS.zoo): Promise<Targets> {
  const root = await mkdtemp(path.join(tmpdir(), 'latent-edge-load-'))
  const folder = (name: string) => path.join(root, name)
  const assets = folder('assets')
  await buildAssets({ zoo, assets })
  await buildWorker({ assets, worker: folder('api') })
  await buildWorker(
    { assets, worker: folder('bare') },
    { script: path.join(ROOT, 'test/edge/bench/bare.ts') },
  )
  await cp(folder('api'), folder('late'), { recursive: true })
  await forgetFirstModel(folder('late'))
  return {
    zoo,
    assetZoo: path.join(assets, 'zoo'),
    start: (runtime, what, inspect = false) =>
      runtime === 'workerd'
        ? startWorkerdTarget({ worker: folder(what), assets, inspect })
        : startNodeTarget(
            what === 'api'
              ? [
                  'edge/node/cli.ts',
                  ...['--port', '0', '--rate', '0', '--models', zoo],
                  ...['--access-log', 'none', '--drain-seconds', '0'],
                ]
              : ['test/edge/bench/bare-node.ts', '0'],
            inspect,
          ),
    remove: () => rm(root, { recursive: true, force: true }),
  }
}

/** Removes the first model from a bundle: nothing is then started at global scope. */
async function forgetFirstModel(worker: string): Promise<void> {
  const name = (await readdir(worker)).find(file => file.endsWith('.txt'))
  if (!name) throw new Error(`${worker}: expected the catalog`)
  const file = path.join(worker, name)
  const { first: _, ...catalog } = JSON.parse(await readFile(file, 'utf8'))
  await writeFile(file, JSON.stringify(catalog))
}

async function startWorkerdTarget(how: {
  worker: string
  assets: string
  inspect: boolean
}): Promise<Target> {
  const before = new Set(childrenOf(process.pid))
  const options = { host: '127.0.0.1', port: 0, limit: 0, cache: false, log: () => {} }
  const running = await startWorkerd({ ...options, ...how })
  const pid = childrenOf(process.pid).find(each => !before.has(each))
  if (!pid) throw new Error('workerd: expected a process, found none')
  return { ...running, pid }
}

async function startNodeTarget(args: readonly string[], inspect: boolean): Promise<Target> {
  const flags = inspect ? ['--inspect=127.0.0.1:0'] : []
  const child = spawn(process.execPath, [...flags, ...args], { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] })
  const inspector = inspect ? await find(child.stderr, /(ws:\S+)/) : undefined
  child.stderr.resume()
  const url = await find(child.stdout, /at (http:\S+)/)
  return {
    url,
    inspector,
    pid: child.pid ?? 0,
    async stop() {
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}

/** The first match in a process's output. */
function find(output: Readable, pattern: RegExp): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    output.on('data', chunk => {
      const match = pattern.exec((text += chunk))
      if (match) resolve(match[1])
    })
    output.on('end', () => reject(new Error(`expected ${pattern}, got ${JSON.stringify(text)}`)))
  })
}

/** Processes that `pid` has started (Linux). */
function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
  return text === '' ? [] : text.split(' ').map(Number)
}

/** Processor time of a process's threads, in milliseconds (Linux: nanoseconds that each has run). */
export function processorTime(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`)
  const times = threads.map(thread => readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8'))
  return times.reduce((sum, time) => sum + Number(time.split(' ', 1)[0]), 0) / 1e6
}

/** Resident memory of a process in MiB (Linux). */
export function residentMemory(pid: number): number {
  const [, kib] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kib) / 1024
}

/** Files a process has open (Linux). */
export function openFiles(pid: number): number {
  return readdirSync(`/proc/${pid}/fd`).length
}
