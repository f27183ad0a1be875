import { type Card, Version } from '../../models/card.ts'
import { cardFile, type ModelFile } from '../../models/registry/keys.ts'
import { Problem, wrongValue } from '../http/problem.ts'
import type { Entry, Platform, Session } from '../platform.ts'
import { type Asker, chooseCard, type Reach } from './choose-version.ts'
import { tryModel } from './self-test.ts'
import { type Sessions, sessionCache } from './session-cache.ts'

/** A model that can be asked. Latents are [batch, D_z], images [batch, D_x] in 0…1. */
export interface Model {
  card: Card
  decode(z: Float32Array): Promise<Float32Array>
  /** The heads' outputs by name: mu and logvar of a VAE, z of an AE. */
  encode(x: Float32Array): Promise<Record<string, Float32Array>>
  file(name: ModelFile): Promise<Uint8Array<ArrayBuffer>>
}

/** The models of a platform. */
export interface Models {
  list(): Promise<readonly Entry[]>
  /**
   * A model by `id` or `id@version`, and for whom it is this version.
   *
   * @param asker who gets the canary, where there is one; without, nobody
   * @throws Problem unknown-model, unknown-version, or model-unavailable for one whose card cannot be read
   */
  find(name: string, asker?: Asker): Promise<{ model: Model; reach: Reach }>
}

/**
 * The catalog of a platform's store, with sessions kept for reuse.
 *
 * @param onChange called when the list has become another
 */
export function openModels(
  platform: Platform,
  keepAlive: (work: Promise<unknown>) => void,
  onChange: () => void,
): Models {
  const sessions = sessionCache(platform.runtime.sessionBytes, keepAlive)
  const found = new WeakMap<Card, Model>()
  let seen: readonly Entry[] | undefined
  async function list(): Promise<readonly Entry[]> {
    const entries = await platform.store.list()
    if (entries !== seen) onChange()
    seen = entries
    return entries
  }
  function bind(card: Card): Model {
    let model = found.get(card)
    if (!model) found.set(card, (model = bindModel(card, platform, sessions)))
    return model
  }
  async function pin(id: string, version: string, entry: Entry & { card: Card }): Promise<Model> {
    const listed = [entry.card, entry.canary?.card].find(card => card?.version === version)
    if (listed) return bind(listed)
    const kept = Version.safeParse(version).success ? platform.store.version?.(id, version) : undefined
    const card = await kept?.catch(error => {
      throw unavailable(id, `${version}: ${error instanceof Error ? error.message : error}`, platform)
    })
    if (card) return bind(card)
    throw wrongValue('path', 'version', entry.card.version, version, 'unknown-version')
  }
  platform.store.giveTrial?.(card => tryModel(bind(card)))
  return {
    list,
    async find(name, asker) {
      const [id, version] = splitName(name)
      let entries = await list()
      if (await platform.store.prepare?.(id)) entries = await list()
      const entry = entries.find(each => each.id === id)
      if (!entry) {
        const ids = entries.map(each => each.id).join(', ')
        throw wrongValue('path', 'model', `one of ${ids}`, id, 'unknown-model')
      }
      if (!entry.card) throw unavailable(id, entry.reason, platform)
      if (version !== undefined) return { model: await pin(id, version, entry), reach: 'version' }
      const { card, reach } = chooseCard(entry, asker)
      return { model: bind(card), reach }
    },
  }
}

function splitName(name: string): [string, string | undefined] {
  const at = name.indexOf('@')
  return at < 0 ? [name, undefined] : [name.slice(0, at), name.slice(at + 1)]
}

function unavailable(id: string, reason: string, platform: Platform): Problem {
  platform.log(`model ${id}: ${reason}`)
  const detail = `The files of ${id} cannot be used just now. Other models are not affected.`
  const problem = new Problem('model-unavailable', detail, [], { 'retry-after': '5' })
  problem.cause = reason
  return problem
}

function bindModel(card: Card, platform: Platform, sessions: Sessions): Model {
  const read = async (name: ModelFile) => {
    try {
      return await readFile(card, name, platform)
    } catch (error) {
      throw unavailable(card.id, error instanceof Error ? error.message : String(error), platform)
    }
  }
  const open = (part: 'encoder' | 'decoder') => async (): Promise<Session> => {
    const bytes = await read(`${part}.onnx`)
    try {
      return await platform.runtime.load(bytes)
    } catch (error) {
      throw unavailable(card.id, `${part}.onnx: ${error instanceof Error ? error.message : error}`, platform)
    }
  }
  const openers = { encoder: open('encoder'), decoder: open('decoder') }
  const run = (part: 'encoder' | 'decoder', input: Float32Array, features: number) =>
    sessions.use(`${card.id}@${card.version}/${part}`, weightBytes(card, part), openers[part], session =>
      session.run(input, input.length / features),
    )
  return {
    card,
    decode: async z => (await run('decoder', z, card.architecture.latentDim)).xhat,
    encode: x => run('encoder', x, card.architecture.inputDim),
    file: read,
  }
}

/** A file of a model, checked against the card: half-replaced files answer 503, never wrong digits. */
async function readFile(card: Card, name: ModelFile, platform: Platform): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = await platform.store.read(card.id, name, card.version)
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
  const { sha256 } = cardFile(card, name)
  if (hex(digest) !== sha256) throw new Error(`${name}: its SHA-256 is not the card’s`)
  return bytes
}

/** Bytes as hexadecimal digits. */
export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('')
}

/** Bytes a loaded graph takes: its weights as float32 beside the file ONNX Runtime read them from. */
function weightBytes(card: Card, part: 'encoder' | 'decoder'): number {
  const file = card.files[part].bytes
  const widened = { fp32: 1, fp16: 2, int8: 4 }[card.precision]
  return file * (1 + widened)
}
