import { randomUUID } from 'node:crypto'
import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'

/** After so long a lock of another machine counts as left behind: it is held for a few milliseconds, milliseconds. */
const LEFT = 30_000
/** How long to wait for a lock before giving up, milliseconds. */
const PATIENCE = 60_000

/**
 * Runs `work` while holding a lock file. One left by a process that was killed is cleared away.
 *
 * @param work is given what tells whether the lock is held still, for a process that was stopped in between
 * @throws Error when the lock is held for too long
 */
export async function withLock<T>(
  path: string,
  work: (held: () => Promise<boolean>) => Promise<T>,
): Promise<T> {
  const own = `${process.pid} ${hostname()} ${randomUUID()}`
  const until = Date.now() + PATIENCE
  while (!(await create(path, own))) {
    if (await isLeft(path)) await clear(path)
    else if (Date.now() > until) throw new Error(`${path} is held by ${await readHolder(path)}`)
    else await new Promise(resolve => setTimeout(resolve, 5 + 20 * Math.random()))
  }
  const held = async () => (await readHolder(path)) === own
  try {
    return await work(held)
  } finally {
    if (await held()) await rm(path, { force: true })
  }
}

async function create(path: string, content: string): Promise<boolean> {
  return writeFile(path, content, { flag: 'wx' }).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return false
      throw error
    },
  )
}

async function readHolder(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined)
}

/** Whether the process that holds a lock is gone, as far as can be told. */
async function isLeft(path: string): Promise<boolean> {
  const [pid, host] = (await readHolder(path))?.split(' ') ?? []
  if (host === hostname()) {
    try {
      process.kill(Number(pid), 0)
      return false
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'ESRCH'
    }
  }
  const state = await stat(path).catch(() => undefined)
  return state !== undefined && Date.now() - state.mtimeMs > LEFT
}

/** Takes a lock away that was left: of several that try, one moves it; a fresh one moved by mistake is put back. */
async function clear(path: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`
  try {
    await rename(path, aside)
  } catch {
    return
  }
  if (!(await isLeft(aside))) await create(path, (await readHolder(aside)) ?? '')
  await rm(aside, { force: true })
}
