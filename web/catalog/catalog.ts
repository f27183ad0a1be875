import type { Card, Golden } from '../../models/card.ts'
import { chooseDefaultModel } from '../../models/default-model.ts'
import { type Latents, readLatents } from '../../models/latent/encoded-set.ts'
import type { Mlp } from '../../models/onnx/plain-runtime.ts'
import { readMlp } from '../../models/onnx/read-mlp.ts'
import type { SignedFile } from '../../models/registry/signed-statement.ts'
import { apiRoot, fetchBytes, fetchJson } from './api.ts'
import { type Loadable, load, type Progress, type Resource, ready } from './resource.ts'
import type { SignedModel } from './signed-model.ts'

/** An ONNX file, its bytes for ONNX Runtime and its layers for the plain engine. */
export interface Network {
  model: string
  version: string
  part: 'encoder' | 'decoder'
  bytes: Uint8Array<ArrayBuffer>
  mlp: Mlp
  /** The golden vector that an engine must reproduce before it is used. */
  golden: Golden | undefined
}

/** A model's parts, each fetched when it is first needed, and kept. */
export interface Model {
  id: string
  /** Its density may be null: the API's copy is without it. */
  card: Resource<Card>
  /** The card with its density, which only drawing samples needs. */
  fullCard(): Resource<Card>
  decoder(): Resource<Network>
  encoder(): Resource<Network>
  latents(): Resource<Latents>
}

/** A model as the API lists it. If it is not available, only its id is known. */
export interface Listed {
  id: string
  available: boolean
  dataset?: string
  kind?: string
  latentDim?: number
  /** Whether it decodes a latent with a class. */
  conditional?: boolean
  /** The name that a visitor gave to a model kept in this browser; absent from the server's models. */
  title?: string
}

/** Prefix of the ids of models that are kept in this browser. */
export const LOCAL_PREFIX = 'tab-'

/** A model whose files are all in this browser. */
export interface LocalModel {
  /** Its id in this page; `card.id` may be that of one of the server's models. */
  id: string
  title: string
  card: Card
  /** The encoder is absent if the visitor imported only a decoder. */
  files: Record<'decoder.onnx' | 'latents.safetensors', Uint8Array<ArrayBuffer>> & {
    'encoder.onnx'?: Uint8Array<ArrayBuffer>
  }
}

/** The models an API offers, and those kept in this browser. */
export interface Catalog {
  list: Resource<Listed[]>
  /** The model shown first; undefined while the list is loading, and if it is empty. */
  defaultModel(): Listed | undefined
  /** The same object for the same id. */
  model(id: string): Model
  /** Adds a model of this browser, or replaces the one of its id. */
  add(local: LocalModel): void
  remove(id: string): void
}

/** Opens the catalog of the API at `api`; `onChange` is called as resources arrive. */
export function openCatalog(api: string, onChange: () => void): Catalog {
  const root = apiRoot(api)
  const models = new Map<string, Model>()
  const local = new Map<string, Listed>()
  let chosen: string | undefined
  const remote = load(async () => {
    const list = await fetchJson<{ default?: string; models: Listed[] }>(`${root}models`)
    chosen = list.default
    return list.models
  }, onChange)
  let joined: { of: Listed[]; all: Listed[] } | undefined
  return {
    list: {
      get state(): Loadable<Listed[]> {
        const { state } = remote
        if (state.status !== 'ready' || local.size === 0) return state
        if (joined?.of !== state.value) joined = { of: state.value, all: [...state.value, ...local.values()] }
        return { status: 'ready', value: joined.all }
      },
      get promise() {
        return remote.promise
      },
      retry: remote.retry,
    },
    defaultModel() {
      const list = ready(remote) ?? []
      return list.find(({ id }) => id === chosen) ?? chooseDefaultModel(list)
    },
    model(id) {
      const known = models.get(id)
      if (known) return known
      const made = openModel(`${root}models/${encodeURIComponent(id)}`, id, onChange)
      models.set(id, made)
      return made
    },
    add(model) {
      const { id, title, card } = model
      const { kind, latentDim, classes } = card.architecture
      const conditional = classes !== undefined
      local.set(id, { id, title, available: true, dataset: card.dataset.name, kind, latentDim, conditional })
      models.set(id, localModel(model, onChange))
      joined = undefined
      onChange()
    },
    remove(id) {
      local.delete(id)
      models.delete(id)
      joined = undefined
      onChange()
    },
  }
}

function localModel({ id, card, files }: LocalModel, onChange: () => void): Model {
  const here = <T>(make: () => T) => load(async () => make(), onChange)
  const network = (part: Network['part']) =>
    here<Network>(() => {
      const bytes = files[`${part}.onnx`]
      if (!bytes)
        throw new Error('This model was imported without its encoder: it can decode, but not encode.')
      return { model: id, version: card.version, part, bytes, mlp: readMlp(bytes), golden: card.golden }
    })
  const whole = here(() => card)
  const [encoder, decoder] = [network('encoder'), network('decoder')]
  const latents = here(() => readLatents(files['latents.safetensors']))
  return {
    id,
    card: whole,
    fullCard: () => whole,
    encoder: () => encoder,
    decoder: () => decoder,
    latents: () => latents,
  }
}

function openModel(url: string, id: string, onChange: () => void): Model {
  let signed: SignedModel | undefined
  const card = load(async () => {
    const listed = await fetchJson<Card>(`${url}?density=omit`)
    if (!import.meta.env.VERIFY_KEY) return listed
    const { openSigned } = await import('./signed-model.ts')
    signed = await openSigned(`${url}@${listed.version}`, import.meta.env.VERIFY_KEY)
    return signed.card
  }, onChange)
  /** Fetches a file, and checks its signature in a page built with a key. @param path of the file in the API */
  async function fetchFile(file: SignedFile, path: string, progress: Progress) {
    if (!import.meta.env.VERIFY_KEY) return fetchBytes(`${url}/${path}`, { progress })
    const { version } = await card.promise
    const bytes = await fetchBytes(`${url}@${version}/${file}`, { progress })
    await signed?.check(file, bytes)
    return bytes
  }
  const once = <T>(make: () => Resource<T>) => {
    let made: Resource<T> | undefined
    return () => (made ??= make())
  }
  const network = (part: Network['part']) =>
    once(() =>
      load<Network>(async progress => {
        const [bytes, { version, golden }] = await Promise.all([
          fetchFile(`${part}.onnx`, `${part}.onnx`, progress),
          card.promise,
        ])
        return { model: id, version, part, bytes, mlp: readMlp(bytes), golden }
      }, onChange),
    )
  return {
    id,
    card,
    fullCard: once(() =>
      load(async () => {
        const known = await card.promise
        return known.density === null ? fetchJson<Card>(`${url}@${known.version}`) : known
      }, onChange),
    ),
    decoder: network('decoder'),
    encoder: network('encoder'),
    latents: once(() =>
      load(
        async progress =>
          readLatents(await fetchFile('latents.safetensors', 'latents?format=safetensors', progress)),
        onChange,
      ),
    ),
  }
}
