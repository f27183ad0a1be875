import { randomUUID } from 'node:crypto'
import { open, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { z } from 'zod'

const Holder = z.object({
  pid: z.int(),
  host: z.string(),
  /**
   * Start of the process in the system's units, because process ids are used again; null if the system does not tell.
   */
  started: z.string().nullable(),
  token: z.string(),
})
/** The process that holds a lock. */
export type Holder = z.infer<typeof Holder>

/** A lock that this process took. */
export interface Lock {
  taken: true
  /** Whether the lock file still names this process: a process that was stopped for minutes may have lost it. */
  isHeld(): Promise<boolean>
  release(): Promise<void>
}

/** Milliseconds between two heartbeats of a holder. */
const HEARTBEAT = 15_000
/** Milliseconds without a heartbeat after which a holder on another machine counts as dead. */
const SILENCE = 60_000
/** Milliseconds after which a lock file without a holder, or one that another process is clearing, counts as abandoned. */
const ABANDONED = 10_000
/** Milliseconds that `withLock` waits. */
const PATIENCE = 90_000

/**
 * Takes a lock: a file that names the process that holds it. A lock left by a dead process is removed first: on this
 * machine a process is known by its pid and start time, on another (a shared folder) by its heartbeat.
 *
 * Heartbeats are compared with the time that the lock's own file system gives a file written now, so that machines
 * whose clocks differ do not take each other's locks.
 *
 * @throws Error when the lock file cannot be written, or there is something at its path that cannot be read
 */
export async function takeLock(path: string): Promise<Lock | { taken: false; holder: Holder }> {
  const own: Holder = {
    pid: process.pid,
    host: hostname(),
    started: await startOf(process.pid),
    token: randomUUID(),
  }
  const content = JSON.stringify(own)
  for (;;) {
    if (await create(path, content)) {
      const isHeld = async () => (await readHolder(path))?.token === own.token
      // The file is written rather than touched, so that a file server sets its time, by the server's clock.
      const beat = async () => (await isHeld()) && writeFile(path, content, { flag: 'r+' })
      const timer = setInterval(() => beat().catch(() => {}), HEARTBEAT)
      timer.unref()
      return {
        taken: true,
        isHeld,
        async release() {
          clearInterval(timer)
          if (await isHeld()) await rm(path, { force: true })
        },
      }
    }
    const holder = await readHolder(path)
    if (holder && (await isAlive(path, holder))) return { taken: false, holder }
    if (holder) await clear(path, holder)
  }
}

/**
 * Runs `work` while holding a lock, waiting for it where another process has it.
 *
 * @param work receives a function that tells whether the lock is still held
 * @throws Error naming the holder when the lock is not free within 90 seconds; one that says why when the lock file
 *   can neither be written nor read
 */
export async function withLock<T>(
  path: string,
  work: (isHeld: () => Promise<boolean>) => Promise<T>,
): Promise<T> {
  const started = performance.now()
  for (;;) {
    const lock = await takeLock(path)
    if (lock.taken) {
      try {
        return await work(lock.isHeld)
      } finally {
        await lock.release()
      }
    }
    if (performance.now() - started > PATIENCE)
      throw new Error(`${path} is held by ${nameHolder(lock.holder)}`)
    await new Promise(resolve => setTimeout(resolve, 5 + 20 * Math.random()))
  }
}

/** A holder as messages name it: `process 412`, on another machine with its name. */
export function nameHolder({ pid, host }: Holder): string {
  return `process ${pid}${host === hostname() ? '' : ` on ${host || 'an unknown machine'}`}`
}

/** Removes a stale lock. One process at a time does this, and only the lock it saw to be stale: never a fresh one. */
async function clear(path: string, stale: Holder): Promise<void> {
  const clearing = `${path}.clearing`
  if (!(await create(clearing, ''))) {
    if ((await age(clearing)) > ABANDONED) await rm(clearing, { force: true })
    await new Promise(resolve => setTimeout(resolve, 20))
    return
  }
  const now = await readHolder(path)
  if (now?.token === stale.token) await rm(path, { force: true })
  await rm(clearing, { force: true })
}

async function create(path: string, content: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx')
    try {
      await file.writeFile(content)
    } catch (error) {
      // An empty file would keep others waiting.
      await rm(path, { force: true })
      throw error
    } finally {
      await file.close()
    }
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/**
 * The holder that a lock file names; null where there is no file. A file cut short names a holder without a host.
 *
 * @throws Error when there is something at the path that cannot be read
 */
async function readHolder(path: string): Promise<Holder | null> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    // ESTALE: on a file server, it was removed while it was being read.
    if (error.code === 'ENOENT' || error.code === 'ESTALE') return null
    throw new Error(`${path}: expected a lock file that can be read, got ${error.message}`, { cause: error })
  })
  if (text === null) return null
  try {
    return Holder.parse(JSON.parse(text))
  } catch {
    return { pid: 0, host: '', started: null, token: text }
  }
}

async function isAlive(path: string, { pid, host, started }: Holder): Promise<boolean> {
  if (host !== hostname()) return (await age(path)) < (host ? SILENCE : ABANDONED)
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
  }
  return (await startOf(pid)) === started
}

/** Milliseconds since a file was last written, by the clock of its file system; 0 if it does not exist. */
async function age(path: string): Promise<number> {
  const probe = `${path}.${randomUUID()}.clock`
  try {
    await writeFile(probe, '')
    return (await stat(probe)).mtimeMs - (await stat(path)).mtimeMs
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 0
    throw error
  } finally {
    await rm(probe, { force: true })
  }
}

/** A process's start in clock ticks since boot: field 22 of Linux's /proc/<pid>/stat; null on other systems. */
async function startOf(pid: number): Promise<string | null> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)
  return (
    text
      ?.slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .at(22 - 3) ?? null
  )
}
