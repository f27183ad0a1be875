import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { buildAssets, buildWorker, FOLDERS, ROOT } from '../../edge/node/build.ts'
import { startWorkerd } from '../../edge/node/workerd.ts'

/** A server under load and the process it is. */
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

/** What is measured: the API and a bare Hono route, each started when asked for. */
export interface Targets {
  /** Folder of the models Node serves. */
  zoo: string
  /** Folder of the models workerd serves. */
  assetZoo: string
  start(runtime: RuntimeName, what: 'api' | 'bare', inspect?: boolean): Promise<Target>
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

/** What a process says first that matches. */
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

/** Processor time a process has used, all its threads, in milliseconds (Linux, to 10 ms). */
export function processorTime(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')
  return (Number(fields[11]) + Number(fields[12])) * 10
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
