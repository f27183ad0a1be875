import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll } from 'vitest'
import { Result } from '../../models/paper/result.ts'
import { encodeIdx } from '../../train/data/idx.ts'
import { type Database, startDatabase } from '../../train/sweep/queue/database.ts'
import { openQueue, type Queue } from '../../train/sweep/queue/queue.ts'
import { readStatus } from '../../train/sweep/queue/status.ts'
import type { QueuedRun, Sql } from '../../train/sweep/queue/tables.ts'

// Set-up of the tests of the queue.

/** Writes a data set of 60 images of 6 × 6 pixels, each with a bright spot: 48 to train on, 12 to test. */
export function writeSpots(path: string, shift = 0): string {
  const pixels = Uint8Array.from({ length: 60 * 36 }, (_, i) => {
    const [image, row, column] = [Math.floor(i / 36), Math.floor(i / 6) % 6, i % 6]
    return 255 * Math.exp(-((row - (image % 6)) ** 2 + (column - ((image + shift) % 5)) ** 2) / 3)
  })
  writeFileSync(path, encodeIdx({ dims: [60, 6, 6], data: pixels }))
  return `idx:${path}`
}

/** A command that was started. */
export interface Started {
  child: ChildProcess
  /** What it has printed. */
  output(): string
  /** Its exit code; null where a signal ended it. */
  ended: Promise<number | null>
}

/** Starts `npm run sweep -- …` without npm, and collects its output. */
export const startSweep = (...args: string[]): Started => startSweepIn([], {}, ...args)

/**
 * Runs `npm run sweep -- …` with another environment.
 *
 * @param prefix a command that runs it, such as `ip netns exec NAME`
 * @param env variables besides those of this process
 */
export function startSweepIn(
  prefix: readonly string[],
  env: Readonly<Record<string, string>>,
  ...args: string[]
): Started {
  const cli = join(import.meta.dirname, '../../train/sweep/cli.ts')
  const [command, ...rest] = [...prefix, process.execPath, cli, ...args]
  const child = spawn(command, rest, { env: { ...process.env, ...env } })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (text += chunk))
  const ended = once(child, 'close').then(([code]) => code as number | null)
  return { child, output: () => text, ended }
}

/** A port that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** A TCP proxy whose connections can be cut for a time. */
export interface TcpProxy {
  port: number
  cut(ms: number): void
  close(): void
}

/** Starts a proxy to a port of 127.0.0.1. */
export async function startProxy(to: number, host = '127.0.0.1'): Promise<TcpProxy> {
  const sockets = new Set<Socket>()
  let cutUntil = 0
  const server = createServer(socket => {
    if (Date.now() < cutUntil) {
      socket.destroy()
      return
    }
    const onward = connect(to, '127.0.0.1')
    for (const [from, into] of [
      [socket, onward],
      [onward, socket],
    ]) {
      sockets.add(from)
      from
        .on('error', () => into.destroy())
        .on('close', () => {
          sockets.delete(from)
          into.destroy()
        })
      from.pipe(into)
    }
  }).listen(0, host)
  await once(server, 'listening')
  const drop = () => {
    for (const socket of sockets) socket.destroy()
  }
  return {
    port: (server.address() as AddressInfo).port,
    cut(ms) {
      cutUntil = Date.now() + ms
      drop()
    },
    close() {
      server.close()
      drop()
    },
  }
}

/** Postgres and a queue on it for the tests of a file; each test finds the queue empty. */
export function startTestQueue() {
  const root = mkdtempSync(join(tmpdir(), 'queue-'))
  const spots = writeSpots(join(root, 'spots'))
  let database: Database
  let queue: Queue
  beforeAll(async () => {
    // Postgres runs as another user where this is root.
    const folder = mkdtempSync(join(tmpdir(), 'queue-postgres-'))
    database = await startDatabase(folder, await freePort())
    queue = await openQueue(database.url, () => {})
  })
  afterAll(async () => {
    await queue?.close()
    await database?.stop()
    rmSync(root, { recursive: true })
  })
  afterEach(async () => {
    await queue.sql('DELETE FROM latent_edge.run')
    for (const { name } of await queue.boss.getQueues()) await queue.boss.deleteAllJobs(name)
  })
  return {
    root,
    queue: () => queue,
    /** The folder and database of these tests, for `sweepOf`. */
    place: () => ({ root, url: database.url }),
    /** Settings of the smallest run. */
    common: { data: spots, folds: 3, batch: 8, latent: 2, layers: 1 },
  }
}

/** A sweep of some settings, its folders, and the commands on it. */
export function sweepOf(
  { root, url: database }: { root: string; url: string },
  name: string,
  content: object,
) {
  const at = join(root, name)
  mkdirSync(at, { recursive: true })
  const file = join(at, `${name}.json`)
  writeFileSync(file, JSON.stringify(content))
  const results = join(at, 'results')
  const run = async (...args: string[]) => {
    const { ended, output } = startSweep(...args)
    return { code: await ended, output: output() }
  }
  const url = ['--queue', database]
  const workerArgs = (place: string) => [
    'worker',
    ...url,
    '--store',
    join(at, 'store'),
    '--out',
    join(at, place),
    '--checkpoint-seconds',
    '0',
  ]
  return {
    results,
    run,
    enqueue: (...more: string[]) => run(file, ...url, '--results', results, '--folds', '0', ...more),
    local: (...more: string[]) =>
      run(
        file,
        '--out',
        join(at, 'local'),
        '--results',
        join(at, 'local-results'),
        '--folds',
        '0',
        '-w',
        '1',
        ...more,
      ),
    localResults: join(at, 'local-results'),
    work: (place: string, ...more: string[]) => run(...workerArgs(place), '--drain', '-w', '1', ...more),
    startWorker: (place: string) => startSweep(...workerArgs(place), '-w', '1'),
    command: (name: string, ...args: string[]) => run(name, ...args, ...url),
  }
}

/** The hashes of the weights in a folder of results, by file name. */
export const weightsIn = (folder: string) =>
  Object.fromEntries(
    readdirSync(folder).map(file => [
      file,
      Result.parse(JSON.parse(readFileSync(join(folder, file), 'utf8'))).weights,
    ]),
  )

/** Waits until the queue's runs fulfil a condition; resolves with them. */
export async function until(sql: Sql, condition: (runs: QueuedRun[]) => boolean): Promise<QueuedRun[]> {
  for (;;) {
    const { runs } = await readStatus(sql)
    if (condition(runs)) return runs
    await sleep(100)
  }
}
