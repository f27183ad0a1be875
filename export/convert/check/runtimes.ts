import type { DataType } from '../../../models/onnx/encode-model.ts'
import { createRunner } from '../../../models/onnx/plain-runtime.ts'
import { readMlp } from '../../../models/onnx/read-mlp.ts'
import { joinRows } from '../../../models/rows.ts'
import { fail } from '../graph/conversion-error.ts'
import type { Converted } from '../to-onnx/convert-options.ts'
import { firstLine, type Numbers } from './numbers.ts'

/** What runs an ONNX file: ORT's native build, its WebAssembly build, or models/onnx/plain-runtime.ts. */
export type ParityRuntime = 'onnxruntime-node' | 'onnxruntime-web' | 'typescript'

/** A converted model loaded into a runtime. */
export interface Loaded {
  /** Outputs in the model's order for inputs in the model's order. */
  run(inputs: readonly Numbers[]): Promise<Numbers[]>
  close(): Promise<void>
}

/** The runtimes that can run a file: both of ORT and, where it has only dense layers, the plain one. */
export function fittingRuntimes(converted: Converted): ParityRuntime[] {
  try {
    readMlp(converted.bytes)
    return ['onnxruntime-node', 'onnxruntime-web', 'typescript']
  } catch {
    return ['onnxruntime-node', 'onnxruntime-web']
  }
}

/** Loads a converted model. @throws ConversionError when the runtime is not installed */
export const RUNTIMES: Readonly<Record<ParityRuntime, (converted: Converted) => Promise<Loaded>>> = {
  'onnxruntime-node': async converted =>
    openSession(await installed('onnxruntime-node', () => import('onnxruntime-node')), converted),
  'onnxruntime-web': async converted => {
    const web = await installed('onnxruntime-web', () => import('onnxruntime-web/wasm'))
    web.env.wasm.numThreads = 1
    return openSession(web as unknown as Ort, converted)
  },
  typescript: async converted => {
    const mlp = readMlp(converted.bytes)
    const forward = createRunner(mlp)
    const order = mlp.inputs.map(({ name }) => converted.inputs.findIndex(input => input.name === name))
    return {
      async run(inputs) {
        const { dims } = inputs[0]
        const parts = order.map(i => inputs[i].data as Float32Array)
        const results = forward(joinRows(parts, dims[0]), dims[0])
        return converted.outputs.map(({ name }) => ({
          dims: [dims[0], results[name].length / dims[0]],
          data: results[name],
        }))
      },
      close: async () => {},
    }
  },
}

/** A package that only checking needs. */
export async function installed<T>(name: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load()
  } catch (error) {
    return fail(`checking needs the package ${name}: npm install ${name} (${firstLine(error)})`)
  }
}

type Ort = typeof import('onnxruntime-node')

const ORT_TYPES: Partial<Record<DataType, 'float32' | 'int32' | 'bool'>> = {
  float: 'float32',
  int32: 'int32',
  bool: 'bool',
}

async function openSession({ InferenceSession, Tensor }: Ort, converted: Converted): Promise<Loaded> {
  const session = await InferenceSession.create(converted.bytes, { logSeverityLevel: 4 })
  return {
    async run(inputs) {
      const feeds = converted.inputs.map(({ name, type }, i) => {
        const { dims, data } = inputs[i]
        return [name, new Tensor(ORT_TYPES[type] as 'float32', data as Float32Array, dims)] as const
      })
      const results = await session.run(Object.fromEntries(feeds))
      return converted.outputs.map(({ name }) => results[name] as unknown as Numbers)
    },
    close: () => session.release(),
  }
}
