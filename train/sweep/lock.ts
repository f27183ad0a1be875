import { randomUUID } from 'node:crypto'
import { open, readFile, rm, stat, utimes } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'

const Holder = z.object({
  pid: z.int(),
  host: z.string(),
  /** When the process started, as the system counts it: a pid is used again. Null where the system does not say. */
  started: z.string().nullable(),
  token: z.string(),
})
/** Who holds a lock. */
export type Holder = z.infer<typeof Holder>

/** How often a holder shows that it lives, and how long another machine's may be silent before it counts as dead. */
const BEAT_MS = 15_000
const SILENCE_MS = 120_000
/** How long clearing away a stale lock takes at most. */
const CLEARING_MS = 10_000

/**
 * Takes a lock: a file that says which process holds it. A lock whose process is gone is cleared away: on this machine
 * told by its pid and start time, on another (a shared folder) by its silence.
 *
 * @returns a function that gives the lock back, or its holder where it is held
 */
export async function takeLock(path: string): Promise<(() => Promise<void>) | Holder> {
  const own: Holder = {
    pid: process.pid,
    host: hostname(),
    started: await startOf(process.pid),
    token: randomUUID(),
  }
  for (;;) {
    if (await create(path, JSON.stringify(own))) {
      const beat = setInterval(() => utimes(path, new Date(), new Date()).catch(() => {}), BEAT_MS)
      beat.unref()
      return async () => {
        clearInterval(beat)
        if ((await readHolder(path))?.token === own.token) await rm(path, { force: true })
      }
    }
    const holder = await readHolder(path)
    if (holder && (await isAlive(path, holder))) return holder
    if (holder) await clear(path, holder)
  }
}

/** The lock of a run directory: whoever trains in it holds it. */
export function runLock(directory: string): string {
  return join(directory, 'lock')
}

/** Who holds a lock now; null where nobody alive does. */
export async function lockHolder(path: string): Promise<Holder | null> {
  const holder = await readHolder(path)
  return holder && (await isAlive(path, holder)) ? holder : null
}

/** Removes a stale lock. One process at a time does, and only what it saw to be stale: never another's fresh lock. */
async function clear(path: string, stale: Holder): Promise<void> {
  const clearing = `${path}.clearing`
  if (!(await create(clearing, ''))) {
    if (Date.now() - (await modified(clearing)) > CLEARING_MS) await rm(clearing, { force: true })
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
    await file.writeFile(content)
    await file.close()
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** The holder a lock file names; null where there is no file. A file cut short names a holder that never was. */
async function readHolder(path: string): Promise<Holder | null> {
  const text = await readFile(path, 'utf8').catch(() => null)
  if (text === null) return null
  try {
    return Holder.parse(JSON.parse(text))
  } catch {
    return { pid: 0, host: '', started: null, token: text }
  }
}

async function isAlive(path: string, { pid, host, started }: Holder): Promise<boolean> {
  if (host !== hostname()) return Date.now() - (await modified(path)) < (host ? SILENCE_MS : CLEARING_MS)
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
  }
  return (await startOf(pid)) === started
}

async function modified(path: string): Promise<number> {
  return (await stat(path).catch(() => null))?.mtimeMs ?? 0
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
