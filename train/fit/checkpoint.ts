import { createHash } from 'node:crypto'
import { link, readFile, rm } from 'node:fs/promises'
import { z } from 'zod'
import { writeAtomic } from '../../export/files/write-atomic.ts'
import { decodeSafetensors, encodeSafetensors, type Tensor } from '../../models/safetensors.ts'
import type { State } from '../step/engine.ts'
import type { Task } from '../step/objective.ts'
import { type Parameters, parameterShapes } from '../step/parameters.ts'
import { stateShapes } from '../step/step-graph.ts'

/** The best epoch so far by validation loss, and its weights. */
export interface Best {
  epoch: number
  /** Validation loss, nats per image. */
  loss: number
  parameters: Parameters
}

/** The state of training after a whole number of epochs. */
export interface Checkpoint {
  /** Epochs done. */
  epoch: number
  state: State
  best: Best | null
}

const Progress = z.object({
  epoch: z.coerce.number(),
  bestEpoch: z.coerce.number(),
  bestLoss: z.coerce.number(),
})
const BEST = 'best:'

/** Where a run keeps its last two checkpoints. */
export interface CheckpointFiles {
  checkpoint: string
  previousCheckpoint: string
}

/**
 * Writes a checkpoint atomically: a safetensors file with the state, the weights of the best epoch, the counts and a
 * checksum. The checkpoint before it is kept under `previousCheckpoint`.
 */
export async function saveCheckpoint(
  { checkpoint: path, previousCheckpoint }: CheckpointFiles,
  task: Task,
  { epoch, state, best }: Checkpoint,
): Promise<void> {
  const tensors: Record<string, Tensor> = {}
  for (const { name, shape } of stateShapes(task)) tensors[name] = { dtype: 'F32', shape, data: state[name] }
  if (best) {
    for (const { name, shape } of parameterShapes(task.architecture)) {
      tensors[BEST + name] = { dtype: 'F32', shape, data: best.parameters[name] }
    }
  }
  const counts = { epoch: `${epoch}`, bestEpoch: `${best?.epoch ?? 0}`, bestLoss: `${best?.loss ?? 0}` }
  const bytes = encodeSafetensors(tensors, { ...counts, checksum: checksum(tensors, counts) })
  await writeAtomic(path, bytes, async () => {
    // Link instead of renaming, so that the first name refers to a checkpoint at any time.
    await rm(previousCheckpoint, { force: true })
    await link(path, previousCheckpoint).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error
    })
    return true
  })
}

/**
 * Reads the last checkpoint of `task`, or the one before it if the last is damaged.
 *
 * @param onNotice told which file was passed over and why
 * @throws Error naming both files when neither can be used, or one belongs to a model of another shape
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
  const { tensors, metadata = {} } = await readSafetensors(path)
  const progress = Progress.parse(metadata)
  const { checksum: stated, ...counts } = metadata
  if (stated !== undefined && stated !== checksum(tensors, counts)) {
    throw new Error(`${path}: damaged: its checksum is not that of its content`)
  }
  const read = (shapes: ReturnType<typeof stateShapes>, prefix = '') =>
    Object.fromEntries(
      shapes.map(({ name, shape }) => {
        const tensor = tensors[prefix + name]
        if (tensor?.dtype !== 'F32' || tensor.shape.join() !== shape.join()) {
          const got = tensor ? `${tensor.dtype} [${tensor.shape}]` : 'nothing'
          throw new Error(`${path}: expected ${prefix}${name} as F32 [${shape}], got ${got}`)
        }
        return [name, tensor.data]
      }),
    )
  const best = progress.bestEpoch > 0 && {
    epoch: progress.bestEpoch,
    loss: progress.bestLoss,
    parameters: read(parameterShapes(task.architecture), BEST),
  }
  return { epoch: progress.epoch, state: read(stateShapes(task)), best: best || null }
}

async function readSafetensors(path: string) {
  try {
    return decodeSafetensors(await readFile(path))
  } catch (cause) {
    throw new Error(`${path}: damaged: ${(cause as Error).message}`, { cause })
  }
}

/** SHA-256 over names, shapes and values in the order of their names, and over the counts. */
function checksum(tensors: Record<string, Tensor>, counts: Record<string, string>): string {
  const hash = createHash('sha256').update(JSON.stringify(Object.entries(counts).sort()))
  for (const name of Object.keys(tensors).sort()) {
    const { shape, data } = tensors[name]
    hash
      .update(`${name} ${shape.join()}`)
      .update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
  }
  return hash.digest('hex')
}
