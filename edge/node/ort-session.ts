import type { InferenceSession, Tensor } from 'onnxruntime-node'
import { splitRows } from '../../models/rows.ts'
import type { Session } from '../platform.ts'

/** The part of ONNX Runtime's JavaScript API that its builds for the web and for Node share. */
export interface Ort {
  InferenceSession: {
    create(bytes: Uint8Array, options: InferenceSession.SessionOptions): Promise<InferenceSession>
  }
  Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => Tensor
}

/** Opens a graph with inputs [batch, features], on one thread: the load is many small requests. */
export async function openSession(ort: Ort, bytes: Uint8Array): Promise<Session> {
  const session = await ort.InferenceSession.create(bytes, {
    executionProviders: ['cpu'],
    intraOpNumThreads: 1,
    interOpNumThreads: 1,
    graphOptimizationLevel: 'all',
    logSeverityLevel: 3,
  })
  const widths = session.inputMetadata.map(featuresOf)
  return {
    async run(rows, batch) {
      const parts = widths.length > 1 ? splitRows(rows, widths) : [rows]
      const feeds = parts.map((data, i) => {
        return [session.inputNames[i], new ort.Tensor('float32', data, [batch, data.length / batch])] as const
      })
      const results = await session.run(Object.fromEntries(feeds))
      const outputs: Record<string, Float32Array> = {}
      for (const name of session.outputNames) outputs[name] = results[name].data as Float32Array
      return outputs
    },
    release: () => session.release(),
  }
}

function featuresOf(input: InferenceSession.ValueMetadata): number {
  const features = input.isTensor ? input.shape[1] : undefined
  if (typeof features === 'number') return features
  throw new Error(`input ${input.name}: expected [batch, features]`)
}
