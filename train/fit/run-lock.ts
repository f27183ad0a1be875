import { mkdir } from 'node:fs/promises'
import { nameHolder, takeLock } from '../../export/files/lock.ts'
import { runFiles } from './run.ts'

/**
 * Runs `work` while holding the lock of a run directory, which is created if missing.
 *
 * @throws Error naming the process that already trains there
 */
export async function withRunLock<T>(directory: string, work: () => Promise<T>): Promise<T> {
  await mkdir(directory, { recursive: true })
  const lock = await takeLock(runFiles(directory).lock)
  if (!lock.taken) throw new Error(`${directory}: ${nameHolder(lock.holder)} is training there`)
  try {
    return await work()
  } finally {
    await lock.release()
  }
}
