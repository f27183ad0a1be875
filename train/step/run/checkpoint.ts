import { bytesOf } from '../../../models/files/bytes.ts'
import { decodeSafetensors, encodeSafetensors, type Tensor } from '../../../models/files/safetensors.ts'
import { sha256 } from '../../../models/files/sha256.ts'
import { encodeUtf8 } from '../../../models/files/utf8.ts'
import type { State } from '../engine.ts'
import type { Task } from '../objective.ts'
import { type Parameters, parameterShapes } from '../parameters.ts'
import { stateShapes } from '../step-graph.ts'

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

const BEST = 'best:'

/** A checkpoint as safetensors: the state, the best epoch's weights, the counts and a checksum. */
export async function encodeCheckpoint(task: Task, { epoch, state, best }: Checkpoint): Promise<Uint8Array> {
  const tensors: Record<string, Tensor> = {}
  for (const { name, shape } of stateShapes(task)) tensors[name] = { dtype: 'F32', shape, data: state[name] }
  if (best) {
    for (const { name, shape } of parameterShapes(task.architecture)) {
      tensors[BEST + name] = { dtype: 'F32', shape, data: best.parameters[name] }
    }
  }
  const counts = { epoch: `${epoch}`, bestEpoch: `${best?.epoch ?? 0}`, bestLoss: `${best?.loss ?? 0}` }
  return encodeSafetensors(tensors, { ...counts, checksum: await checksum(tensors, counts) })
}

/**
 * Reads a checkpoint of `task`.
 *
 * @param place the file as error messages name it
 * @throws Error when it is damaged, or of a model of another shape
 */
export async function decodeCheckpoint(bytes: Uint8Array, task: Task, place: string): Promise<Checkpoint> {
  const { tensors, metadata } = read(bytes, place)
  const { checksum: stated, ...counts } = metadata
  if (stated !== undefined && stated !== (await checksum(tensors, counts))) {
    throw new Error(`${place}: damaged: its checksum is not that of its content`)
  }
  const count = (name: string) => {
    const value = Number(counts[name] ?? Number.NaN)
    if (Number.isFinite(value)) return value
    throw new Error(`${place}: damaged: expected ${name} as a number, got ${counts[name]}`)
  }
  const take = (shapes: ReturnType<typeof stateShapes>, prefix = '') =>
    Object.fromEntries(
      shapes.map(({ name, shape }) => {
        const tensor = tensors[prefix + name]
        if (tensor?.dtype !== 'F32' || tensor.shape.join() !== shape.join()) {
          const got = tensor ? `${tensor.dtype} [${tensor.shape}]` : 'nothing'
          throw new Error(`${place}: expected ${prefix}${name} as F32 [${shape}], got ${got}`)
        }
        return [name, tensor.data]
      }),
    )
  const best = count('bestEpoch') > 0 && {
    epoch: count('bestEpoch'),
    loss: count('bestLoss'),
    parameters: take(parameterShapes(task.architecture), BEST),
  }
  return { epoch: count('epoch'), state: take(stateShapes(task)), best: best || null }
}

function read(bytes: Uint8Array, place: string) {
  try {
    return decodeSafetensors(bytes)
  } catch (cause) {
    throw new Error(`${place}: damaged: ${(cause as Error).message}`, { cause })
  }
}

/** SHA-256 over names, shapes and values in the order of their names, and over the counts. */
function checksum(tensors: Record<string, Tensor>, counts: Record<string, string>): Promise<string> {
  const parts = [encodeUtf8(JSON.stringify(Object.entries(counts).sort()))]
  for (const name of Object.keys(tensors).sort()) {
    const { shape, data } = tensors[name]
    parts.push(encodeUtf8(`${name} ${shape.join()}`), bytesOf(data))
  }
  return sha256(...parts)
}
