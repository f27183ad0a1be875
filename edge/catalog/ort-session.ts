import type { InferenceSession, Tensor } from 'onnxruntime-web/wasm'
import type { Session } from '../platform.ts'

/** The part of ONNX Runtime's JavaScript API that its builds for the web and for Node share. */
export interface Ort {
  InferenceSession: {
    create(bytes: Uint8Array, options: InferenceSession.SessionOptions): Promise<InferenceSession>
  }
  Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => Tensor
}

/** Opens a graph with one input [batch, features], on one thread: the load is many small requests. */
export async function openSession(ort: Ort, bytes: Uint8Array): Promise<Session> {
  const session = await ort.InferenceSession.create(bytes, {
    executionProviders: ['cpu'],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
  })
  const [input] = session.inputNames
  return {
    async run(data, batch) {
      const results = await session.run({
        [input]: new ort.Tensor('float32', data, [batch, data.length / batch]),
      })
      const outputs: Record<string, Float32Array> = {}
      for (const name of session.outputNames) outputs[name] = results[name].data as Float32Array
      return outputs
    },
    release: () => session.release(),
  }
}
