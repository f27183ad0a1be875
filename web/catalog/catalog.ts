import type { Card, Golden } from '../../models/card.ts'
import { fromHalf } from '../../models/onnx/half.ts'
import type { Mlp } from '../../models/onnx/plain-runtime.ts'
import { readMlp } from '../../models/onnx/read-mlp.ts'
import { decodeSafetensors } from '../../models/safetensors.ts'
import { apiRoot, fetchBytes, fetchJson } from './api.ts'
import { load, type Resource } from './resource.ts'

/** An ONNX file, its bytes for ONNX Runtime and its layers for the plain engine. */
export interface Network {
  model: string
  version: string
  part: 'encoder' | 'decoder'
  bytes: Uint8Array<ArrayBuffer>
  mlp: Mlp
  /** What an engine must come to before it is used. */
  golden: Golden | undefined
}

/** The encoded test set: mu [images, D_z], and a class's index an image where the data has classes. */
export interface Latents {
  mu: Float32Array
  label: Uint8Array | undefined
  images: number
}

/** A model's parts, each fetched when first asked for and kept. */
export interface Model {
  id: string
  card: Resource<Card>
  decoder(): Resource<Network>
  encoder(): Resource<Network>
  latents(): Resource<Latents>
}

/** A model as the list of all names it; one that is not available has a name alone. */
export interface Listed {
  id: string
  available: boolean
  dataset?: string
  kind?: string
  latentDim?: number
}

/** The models an API offers. */
export interface Catalog {
  list: Resource<Listed[]>
  /** The same object for the same id. */
  model(id: string): Model
}

/** Opens the catalog of the API at `api`; `onChange` is called as things arrive. */
export function openCatalog(api: string, onChange: () => void): Catalog {
  const root = apiRoot(api)
  const models = new Map<string, Model>()
  return {
    list: load(async () => (await fetchJson<{ models: Listed[] }>(`${root}models`)).models, onChange),
    model(id) {
      const known = models.get(id)
      if (known) return known
      const made = openModel(`${root}models/${encodeURIComponent(id)}`, id, onChange)
      models.set(id, made)
      return made
    },
  }
}

function openModel(url: string, id: string, onChange: () => void): Model {
  const card = load(() => fetchJson<Card>(url), onChange)
  const once = <T>(make: () => Resource<T>) => {
    let made: Resource<T> | undefined
    return () => (made ??= make())
  }
  const network = (part: Network['part']) =>
    once(() =>
      load<Network>(async progress => {
        const [bytes, { version, golden }] = await Promise.all([
          fetchBytes(`${url}/${part}.onnx`, { progress }),
          card.promise,
        ])
        return { model: id, version, part, bytes, mlp: readMlp(bytes), golden }
      }, onChange),
    )
  return {
    id,
    card,
    decoder: network('decoder'),
    encoder: network('encoder'),
    latents: once(() =>
      load(
        async progress => readLatents(await fetchBytes(`${url}/latents?format=safetensors`, { progress })),
        onChange,
      ),
    ),
  }
}

/**
 * The tensors `mu` (F16) and `label` (U8) of a safetensors file.
 *
 * @throws Error when the file is no safetensors file or has no such mu
 */
export function readLatents(bytes: Uint8Array): Latents {
  const { mu, label } = decodeSafetensors(bytes).tensors
  if (mu?.dtype !== 'F16') throw new SyntaxError('latents: expected a tensor mu of halves')
  return {
    mu: fromHalf(mu.data),
    label: label?.dtype === 'U8' ? label.data : undefined,
    images: mu.shape[0],
  }
}

/** Where the encoder puts the test image of that number: its mu, [D_z]. */
export function meanOf({ mu, images }: Latents, index: number): Float32Array {
  const d = mu.length / images
  return mu.slice(index * d, (index + 1) * d)
}
