import * as ort from 'onnxruntime-node'
import { drawPosterior } from '../../models/posterior.ts'
import type { ForwardPass } from '../step/forward.ts'
import { type Images, pickPixels } from '../step/images.ts'

const BATCH = 500

/** The two ONNX files of a model, opened in onnxruntime-node. */
export interface OnnxModel {
  /** mu and logvar (an AE: its latent and null) of images in [0, 1], [batch, D_x]. */
  encode(x: Float32Array, batch: number): Promise<{ mu: Float32Array; logvar: Float32Array | null }>
  /** Images of latents [batch, D_z]. */
  decode(z: Float32Array, batch: number): Promise<Float32Array>
  close(): Promise<void>
}

/** Opens a model's ONNX files for evaluation. */
export async function openOnnxModel(
  files: { encoder: Uint8Array; decoder: Uint8Array },
  vae: boolean,
): Promise<OnnxModel> {
  const options = { intraOpNumThreads: 1, interOpNumThreads: 1 }
  const encoder = await ort.InferenceSession.create(files.encoder, options)
  const decoder = await ort.InferenceSession.create(files.decoder, options)
  const tensor = (data: Float32Array, batch: number) =>
    new ort.Tensor('float32', data, [batch, data.length / batch])
  return {
    async encode(x, batch) {
      const results = await encoder.run({ x: tensor(x, batch) })
      const floats = (name: string) => results[name].data as Float32Array
      return vae ? { mu: floats('mu'), logvar: floats('logvar') } : { mu: floats('z'), logvar: null }
    },
    async decode(z, batch) {
      return (await decoder.run({ z: tensor(z, batch) })).xhat.data as Float32Array
    },
    async close() {
      await encoder.release()
      await decoder.release()
    },
  }
}

/** A pair of ONNX files as `evaluate` takes a model. */
export function forwardPass({ encode, decode }: OnnxModel, inputDim: number): ForwardPass {
  return async (pixels, eps) => {
    const batch = pixels.length / inputDim
    const { mu, logvar } = await encode(
      Float32Array.from(pixels, byte => byte / 255),
      batch,
    )
    const z = logvar ? drawPosterior(mu, logvar, eps) : mu
    return { mu, logvar, xhat: await decode(z, batch) }
  }
}

/** mu of the chosen images, in their order, [indices, D_z]. */
export async function encodeAll(
  pair: OnnxModel,
  images: Images,
  indices: Uint32Array,
): Promise<Float32Array> {
  const parts: Float32Array[] = []
  for (let from = 0; from < indices.length; from += BATCH) {
    const batch = indices.subarray(from, from + BATCH)
    const x = Float32Array.from(pickPixels(images, batch), byte => byte / 255)
    parts.push((await pair.encode(x, batch.length)).mu)
  }
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}
