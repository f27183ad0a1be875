import type { Architecture } from '../../models/card.ts'
import { encodeModel, type Value } from '../../models/onnx/encode-model.ts'
import { emit } from './expressions/emit.ts'
import * as e from './expressions/expression.ts'
import type { OnnxRuntime } from './onnx-engine.ts'
import { type Parameters, parameterShapes } from './parameters.ts'
import { intensities } from './step-graph.ts'
import { symbolicForward, symbolicOutput } from './symbolic-forward.ts'

/** One pass through a model. */
export interface ForwardResult {
  /** Posterior means (an AE: latents), [batch, D_z]. */
  mu: Float32Array
  /** [batch, D_z]; null for an AE. */
  logvar: Float32Array | null
  /** [batch, D_x]. */
  xhat: Float32Array
}

/** Images to run through a model. */
export interface ForwardBatch {
  /** [batch, D_x], 0 … 255. */
  pixels: Uint8Array
  /** Class probabilities [batch, classes]; null for a model that is not conditional. */
  y: Float32Array | null
  /** [batch, D_z]; zeros give z = mu. */
  eps: Float32Array
}

/** Runs images through a model, decoding z = mu + exp(logvar/2)·eps. */
export type ForwardPass = (batch: ForwardBatch) => Promise<ForwardResult>

/**
 * A model to evaluate while its parameters still change: one ONNX graph, the parameters fed with each batch.
 *
 * @returns a function from parameters to the model they make, and one that frees the session
 */
export async function openForward(
  runtime: OnnxRuntime,
  architecture: Architecture,
): Promise<{ withParameters(parameters: Parameters): ForwardPass; close(): Promise<void> }> {
  const shapes = parameterShapes(architecture)
  const session = await runtime.InferenceSession.create(forwardGraph(architecture), { intraOpNumThreads: 1 })
  const { inputDim, latentDim, kind, classes } = architecture
  return {
    withParameters(parameters) {
      const fixed = Object.fromEntries(
        shapes.map(({ name, shape }) => [name, new runtime.Tensor('float32', parameters[name], shape)]),
      )
      return async ({ pixels, y, eps }) => {
        const batch = pixels.length / inputDim
        const results = await session.run({
          ...fixed,
          pixels: new runtime.Tensor('uint8', pixels, [batch, inputDim]),
          ...(y && { y: new runtime.Tensor('float32', y, [batch, classes!]) }),
          ...(kind === 'vae' && { eps: new runtime.Tensor('float32', eps, [batch, latentDim]) }),
        })
        return {
          mu: results.mu.data as Float32Array,
          logvar: kind === 'vae' ? (results.logvar.data as Float32Array) : null,
          xhat: results.xhat.data as Float32Array,
        }
      }
    },
    close: () => session.release(),
  }
}

function forwardGraph(architecture: Architecture): Uint8Array {
  const { inputDim, latentDim, kind, classes } = architecture
  const leaves = Object.fromEntries(
    parameterShapes(architecture).map(({ name, shape }) => [name, e.leaf(name, shape)]),
  )
  const x = intensities(e.leaf('pixels', ['batch', inputDim], 'uint8'))
  const y = classes ? e.leaf('y', ['batch', classes]) : null
  const eps = kind === 'vae' ? e.leaf('eps', ['batch', latentDim]) : null
  const { mu, logvar, logits } = symbolicForward(architecture, leaves, { x, y, eps })
  const outputs = { mu, ...(logvar && { logvar }), xhat: symbolicOutput(architecture, logits) }
  const values = Object.entries(outputs).map(
    ([name, { shape }]): Value => ({ name, type: 'float', dims: shape }),
  )
  return encodeModel({ name: 'forward', outputs: values, ...emit(outputs) })
}
