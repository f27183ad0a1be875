import type { Architecture } from '../../../models/card.ts'
import { toIntensities } from '../../../models/images/grey.ts'
import { drawPosterior } from '../../../models/latent/posterior.ts'
import type { ForwardPass } from '../forward.ts'
import { classRows, type Images, pickPixels } from '../images.ts'
import type { OnnxRuntime } from '../onnx-engine.ts'

const BATCH = 500

/** The two ONNX files of a model, opened in ONNX Runtime. A conditional model needs `y` [batch, classes]. */
export interface OnnxModel {
  architecture: Architecture
  /** mu and logvar of images [batch, D_x] in [0, 1]; for an AE its latent and null. */
  encode(
    x: Float32Array,
    batch: number,
    y?: Float32Array | null,
  ): Promise<{ mu: Float32Array; logvar: Float32Array | null }>
  /** Images of latents [batch, D_z]. */
  decode(z: Float32Array, batch: number, y?: Float32Array | null): Promise<Float32Array>
  close(): Promise<void>
}

/** Opens a model's ONNX files for evaluation. */
export async function openOnnxModel(
  runtime: OnnxRuntime,
  files: { encoder: Uint8Array; decoder: Uint8Array },
  architecture: Architecture,
): Promise<OnnxModel> {
  const options = { intraOpNumThreads: 1, interOpNumThreads: 1 }
  const encoder = await runtime.InferenceSession.create(files.encoder, options)
  const decoder = await runtime.InferenceSession.create(files.decoder, options)
  const feeds = (values: Record<string, Float32Array | null | undefined>, batch: number) =>
    Object.fromEntries(
      Object.entries(values).flatMap(([name, data]) =>
        data ? [[name, new runtime.Tensor('float32', data, [batch, data.length / batch])]] : [],
      ),
    )
  return {
    architecture,
    async encode(x, batch, y) {
      const results = await encoder.run(feeds({ x, y }, batch))
      const floats = (name: string) => results[name].data as Float32Array
      return architecture.kind === 'vae'
        ? { mu: floats('mu'), logvar: floats('logvar') }
        : { mu: floats('z'), logvar: null }
    },
    async decode(z, batch, y) {
      return (await decoder.run(feeds({ z, y }, batch))).xhat.data as Float32Array
    },
    async close() {
      await encoder.release()
      await decoder.release()
    },
  }
}

/** Adapts a pair of ONNX files to the interface of `evaluate`. */
export function forwardPass({ encode, decode, architecture }: OnnxModel): ForwardPass {
  return async ({ pixels, y, eps }) => {
    const batch = pixels.length / architecture.inputDim
    const { mu, logvar } = await encode(toIntensities(pixels), batch, y)
    const z = logvar ? drawPosterior(mu, logvar, eps) : mu
    return { mu, logvar, xhat: await decode(z, batch, y) }
  }
}

/** Posteriors of images: mu and logvar [images, D_z], logvar null for an AE. */
export interface Posteriors {
  mu: Float32Array
  logvar: Float32Array | null
}

/** Posteriors of the chosen images, in their order. */
export async function encodeAll(
  { encode, architecture }: OnnxModel,
  images: Images,
  indices: Uint32Array,
): Promise<Posteriors> {
  const { latentDim, kind, classes } = architecture
  const mu = new Float32Array(indices.length * latentDim)
  const logvar = kind === 'vae' ? new Float32Array(mu.length) : null
  for (let from = 0; from < indices.length; from += BATCH) {
    const batch = indices.subarray(from, from + BATCH)
    const y = classes ? classRows(images, batch, classes) : null
    const posterior = await encode(toIntensities(pickPixels(images, batch)), batch.length, y)
    mu.set(posterior.mu, from * latentDim)
    if (logvar && posterior.logvar) logvar.set(posterior.logvar, from * latentDim)
  }
  return { mu, logvar }
}
