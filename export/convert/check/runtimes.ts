import type { DataType } from '../../../models/onnx/encode-model.ts'
import { createRunner } from '../../../models/onnx/plain-runtime.ts'
import { readMlp } from '../../../models/onnx/read-mlp.ts'
import { joinRows } from '../../../models/rows.ts'
import { fail } from '../graph/conversion-error.ts'
import type { Converted } from '../to-onnx/convert-options.ts'
import { firstLine, type Numbers } from './numbers.ts'

/** A converted model loaded into a runtime. */
export interface Loaded {
  /** Outputs in the model's order for inputs in the model's order. */
  run(inputs: readonly Numbers[]): Promise<Numbers[]>
  close(): Promise<void>
}

/** Runtimes of ONNX files, by name: each loads a file, and throws ConversionError when it is not installed. */
export type Runtimes = Readonly<Record<string, (converted: Converted) => Promise<Loaded>>>

/** Runtimes for Node and browsers: ORT's WebAssembly build and, for dense networks, models/onnx/plain-runtime.ts. */
export const PORTABLE_RUNTIMES = {
  'onnxruntime-web': async (converted: Converted) => {
    const web = await installed('onnxruntime-web', () => import('onnxruntime-web/wasm'))
    web.env.wasm.numThreads = 1
    return openSession(web as unknown as Ort, converted)
  },
  typescript: async (converted: Converted) => {
    const mlp = readMlp(converted.bytes)
    const forward = createRunner(mlp)
    const order = mlp.inputs.map(({ name }) => converted.inputs.findIndex(input => input.name === name))
    return {
      async run(inputs: readonly Numbers[]) {
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
} satisfies Runtimes

/** The runtimes that can run a file: the plain one only if all its layers are dense. */
export function fittingRuntimes(runtimes: Runtimes, converted: Converted): Runtimes {
  try {
    readMlp(converted.bytes)
    return runtimes
  } catch {
    return Object.fromEntries(Object.entries(runtimes).filter(([name]) => name !== 'typescript'))
  }
}

/** Imports a package that only the check needs. @throws ConversionError when it is not installed */
export async function installed<T>(name: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load()
  } catch (error) {
    return fail(`checking needs the package ${name}: npm install ${name} (${firstLine(error)})`)
  }
}

type Ort = typeof import('onnxruntime-common')

const ORT_TYPES: Partial<Record<DataType, 'float32' | 'int32' | 'bool'>> = {
  float: 'float32',
  int32: 'int32',
  bool: 'bool',
}

/** Loads a converted model into a build of ORT. */
export async function openSession({ InferenceSession, Tensor }: Ort, converted: Converted): Promise<Loaded> {
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
