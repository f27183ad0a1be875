import { readFile } from 'node:fs/promises'
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

/** Where training stands after a whole number of epochs. */
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

/** Writes a checkpoint whole or not at all: safetensors with the state, the best epoch's weights and the counts. */
export async function saveCheckpoint(
  path: string,
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
  const metadata = { epoch: `${epoch}`, bestEpoch: `${best?.epoch ?? 0}`, bestLoss: `${best?.loss ?? 0}` }
  await writeAtomic(path, encodeSafetensors(tensors, metadata))
}

/**
 * Reads a checkpoint of `task`.
 *
 * @throws Error naming the file when it is damaged or belongs to a model of another shape
 */
export async function loadCheckpoint(path: string, task: Task): Promise<Checkpoint> {
  const { tensors, metadata } = decodeSafetensors(await readFile(path))
  const progress = Progress.parse(metadata)
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
