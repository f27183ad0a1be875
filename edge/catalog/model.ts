import type { Card } from '../../models/card.ts'
import { pointSize } from '../../models/latent/draws.ts'
import type { ModelFile } from '../../models/registry/keys.ts'
import { findFault } from '../../models/registry/version.ts'
import { joinRows } from '../../models/rows.ts'
import { Problem } from '../http/problem.ts'
import type { Engine, Platform } from '../platform.ts'
import { SessionError } from './session-cache.ts'

/** A version of a model, ready to run. Images are [batch, D_x] in 0…1. */
export interface Model {
  card: Card
  /** Images of points: [batch, D_z], of a conditional model [batch, D_z + classes]. */
  decode(points: Float32Array): Promise<Float32Array>
  /**
   * The heads' outputs by name: mu and logvar of a VAE, z of an AE.
   *
   * @param y [batch, classes], of a conditional model
   */
  encode(x: Float32Array, y?: Float32Array): Promise<Record<string, Float32Array>>
  /** One of its files, checked against the card. */
  file(name: ModelFile): Promise<Uint8Array<ArrayBuffer>>
}

/** Runs a version's graphs in cached sessions. @param read gives a file, checked against the card */
export function bindModel(
  card: Card,
  { runtime, sessions }: Engine,
  read: (file: ModelFile) => Promise<Uint8Array<ArrayBuffer>>,
): Model {
  const { inputDim, classes = 0 } = card.architecture
  const run = (part: Part, rows: Float32Array, width: number) =>
    sessions.use(
      sessionKey(card, part),
      weightBytes(card, part),
      async () => {
        const file = read(`${part}.onnx`)
        // The runtime starts while the file is being read; a failure is reported by `load`.
        runtime.start?.().catch(() => {})
        return runtime.load(await file)
      },
      session => session.run(rows, rows.length / width),
    )
  return {
    card,
    decode: async points => (await run('decoder', points, pointSize(card))).xhat,
    encode: (x, y) => run('encoder', y ? joinRows([x, y], x.length / inputDim) : x, inputDim + classes),
    file: read,
  }
}

type Part = 'encoder' | 'decoder'

/**
 * Opens a version's decoder, runs it once and adds its session to the cache, so that the first request finds it there.
 *
 * @throws Error when it does not decode
 */
export async function openDecoder(
  card: Card,
  bytes: Uint8Array<ArrayBuffer>,
  { runtime, sessions }: Engine,
): Promise<void> {
  const session = await runtime.load(bytes)
  const { xhat } = await session.run(new Float32Array(pointSize(card)), 1)
  if (!xhat?.every(Number.isFinite)) throw new Error('decoder: expected finite numbers')
  sessions.add(sessionKey(card, 'decoder'), weightBytes(card, 'decoder'), session)
}

/** A version whose files come from the platform's store. A failure becomes a 503 for this model only. */
export function storedModel(card: Card, platform: Platform): Model {
  const read = async (file: ModelFile) => {
    const bytes = await platform.store.read(card.id, file, card.version)
    const fault = await findFault(card, file, bytes)
    if (fault) throw new Error(`${file}: ${fault}`)
    return bytes
  }
  const fail = (error: unknown): never => {
    throw unavailable(card.id, messageOf(error), platform)
  }
  const failIfUnloadable = (error: unknown): never => {
    if (error instanceof SessionError) return fail(error)
    throw error
  }
  const model = bindModel(card, platform, read)
  return {
    card,
    decode: points => model.decode(points).catch(failIfUnloadable),
    encode: (x, y) => model.encode(x, y).catch(failIfUnloadable),
    file: name => read(name).catch(fail),
  }
}

/** The problem of a model that cannot be used now. The reason goes to the log, not to the client. */
export function unavailable(id: string, reason: string, platform: Platform): Problem {
  platform.log(`model ${id}: ${reason}`)
  const detail = `The files of ${id} cannot be used just now. Other models are not affected.`
  return new Problem('model-unavailable', detail, [], { 'retry-after': '5' })
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function sessionKey({ id, version }: Card, part: Part): string {
  return `${id}@${version}/${part}`
}

/** Estimated bytes of a loaded graph: its weights as float32, and the file they were read from. */
function weightBytes(card: Card, part: Part): number {
  const widened = { fp32: 1, fp16: 2, int8: 4 }[card.precision]
  return card.files[part].bytes * (1 + widened)
}
