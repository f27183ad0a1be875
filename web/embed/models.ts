import type { Card } from '../../models/card.ts'
import { runner } from '../../models/onnx/plain-runtime.ts'
import { readMlp } from '../../models/onnx/read-mlp.ts'
import { ask } from './ask.ts'
import { refuse } from './refusal.ts'
import { type Lease, share } from './share.ts'

/** Runs a decoder: z [D_z] → xhat [D_x], the same array every time. */
export type Decode = (z: Float32Array) => Float32Array

/** A model's address. @param name `id` or `id@version` */
export function modelUrl(api: string, name: string): string {
  return `${api}v1/models/${name}`
}

/** A model's card, fetched once for all elements on the page that show the model. */
export function shareCard(api: string, name: string): Lease<Card> {
  const url = modelUrl(api, name)
  return share(url, async signal => {
    const card = (await (await ask(url, signal)).json().catch(() => undefined)) as Partial<Card> | undefined
    if (card?.version && card.architecture && card.dataset && card.prior && card.latent) return card as Card
    throw refuse('src', 'the card of a model', `something else from ${url}`, 'broken')
  })
}

/** A model's decoder in the plain runtime, fetched and read once for all elements on the page that show the model. */
export function shareDecoder(api: string, card: Card): Lease<Decode> {
  const url = `${modelUrl(api, `${card.id}@${card.version}`)}/decoder.onnx`
  return share(url, async signal => {
    const answer = await ask(url, signal)
    const mlp = readMlp(new Uint8Array(await answer.arrayBuffer()))
    const run = runner(mlp)
    const { latentDim, inputDim } = card.architecture
    const pixels = card.dataset.height * card.dataset.width
    const decode: Decode = z => run(z).xhat
    const got = mlp.input.features === latentDim ? decode(new Float32Array(latentDim))?.length : undefined
    if (got === pixels && pixels === inputDim) return decode
    const shape = `one from ${mlp.input.features} to ${got ?? 'other'} numbers`
    throw refuse('model', `a decoder from ${latentDim} to ${pixels} numbers`, shape, 'broken')
  })
}
