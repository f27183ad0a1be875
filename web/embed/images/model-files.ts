import type { Card } from '../../../models/card.ts'
import { pointSize } from '../../../models/latent/draws.ts'
import { createRunner } from '../../../models/onnx/plain-runtime.ts'
import { readMlp } from '../../../models/onnx/read-mlp.ts'
import { elementError } from '../options/element-error.ts'
import { fetchFromApi } from './fetch-from-api.ts'
import { createSharedResources, type Lease } from './shared-resources.ts'

/**
 * Decodes a point: z [D_z], or for a conditional model z and y [D_z + classes], to xhat [D_x]. Every call returns the
 * same array with new values.
 */
export type Decode = (point: Float32Array) => Float32Array

/** Cards and decoders of models. Each is fetched once for all elements that use it at the same time. */
export interface ModelFiles {
  /** Whether the files are embedded: then frames are decoded in the page from the start. */
  readonly offline: boolean
  /** @param name `id` or `id@version` @param density whether the card's density is needed, which is most of its bytes */
  card(api: string, name: string, density: boolean): Lease<Card>
  decoder(api: string, card: Card): Lease<Decode>
}

/** The URL of a model. @param name `id` or `id@version` */
export function modelUrl(api: string, name: string): string {
  return `${api}v1/models/${name}`
}

/** Fetches cards and decoders from the API. */
export function createModelFiles(): ModelFiles {
  const resources = createSharedResources()
  return {
    offline: false,
    card(api, name, density) {
      const url = modelUrl(api, name) + (density ? '' : '?density=omit')
      return resources.lease(url, signal => fetchCard(url, signal))
    },
    decoder(api, card) {
      const url = `${modelUrl(api, `${card.id}@${card.version}`)}/decoder.onnx`
      return resources.lease(url, async signal => {
        const response = await fetchFromApi(url, signal)
        return createDecoder(new Uint8Array(await response.arrayBuffer()), card)
      })
    },
  }
}

async function fetchCard(url: string, signal: AbortSignal): Promise<Card> {
  const response = await fetchFromApi(url, signal)
  const card = (await response.json().catch(() => undefined)) as Partial<Card> | undefined
  if (card?.version && card.architecture && card.dataset && card.prior && card.latent) return card as Card
  const got = `something else from ${url}`
  throw elementError('src', 'the card of a model', got, 'broken', { retryable: true })
}

/** Opens a decoder in the plain runtime. @throws ElementError if its shape does not fit the card */
export function createDecoder(onnx: Uint8Array, card: Card): Decode {
  const mlp = readMlp(onnx)
  const run = createRunner(mlp)
  const { inputDim } = card.architecture
  const size = pointSize(card)
  const pixels = card.dataset.height * card.dataset.width
  const decode: Decode = point => run(point).xhat
  const outputs = mlp.input.features === size ? decode(new Float32Array(size))?.length : undefined
  if (outputs === pixels && pixels === inputDim) return decode
  const got = `one from ${mlp.input.features} to ${outputs ?? 'other'} numbers`
  throw elementError('model', `a decoder from ${size} to ${pixels} numbers`, got, 'broken')
}
