import { link, readFile, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { TEMPORARY, writeAtomic } from '../../export/files/write-atomic.ts'
import type { Task } from '../step/objective.ts'
import { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from '../step/run/checkpoint.ts'

/** Where a run keeps its last two checkpoints. */
export interface CheckpointFiles {
  checkpoint: string
  previousCheckpoint: string
}

/**
 * Writes a checkpoint atomically: see `encodeCheckpoint`. The checkpoint before it is kept under `previousCheckpoint`.
 *
 * Whenever the process is killed, the two names refer to two different checkpoints: the one before takes its new name
 * only after the new one is in place.
 */
export async function saveCheckpoint(
  { checkpoint: path, previousCheckpoint }: CheckpointFiles,
  task: Task,
  checkpoint: Checkpoint,
): Promise<void> {
  const before = join(dirname(path), `.${basename(previousCheckpoint)}${TEMPORARY}`)
  let isFirst = false
  await writeAtomic(path, await encodeCheckpoint(task, checkpoint), async () => {
    await rm(before, { force: true })
    await link(path, before).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
      isFirst = true
    })
    return true
  })
  if (!isFirst) await rename(before, previousCheckpoint)
}

/**
 * Reads the last checkpoint of `task`, or the one before it if the last is damaged.
 *
 * @param onNotice called with a line that names the skipped file and the reason
 * @throws Error naming the last checkpoint when neither can be used
 */
export async function loadCheckpoint(
  { checkpoint, previousCheckpoint }: CheckpointFiles,
  task: Task,
  onNotice: (line: string) => void = () => {},
): Promise<Checkpoint> {
  try {
    return await readCheckpoint(checkpoint, task)
  } catch (error) {
    const previous = await readCheckpoint(previousCheckpoint, task).catch(() => null)
    if (!previous) throw error
    onNotice(
      `${(error as Error).message}; continuing from the checkpoint before it, after epoch ${previous.epoch}`,
    )
    return previous
  }
}

async function readCheckpoint(path: string, task: Task): Promise<Checkpoint> {
  const bytes = await readFile(path).catch(cause => {
    throw new Error(`${path}: cannot be read: ${(cause as Error).message}`, { cause })
  })
  return decodeCheckpoint(bytes, task, path)
}
