import type * as tf from '@tensorflow/tfjs'
import type { DataType } from '../../../models/onnx/encode-model.ts'
import { runner } from '../../../models/onnx/plain-runtime.ts'
import { readMlp } from '../../../models/onnx/read-mlp.ts'
import type { Converted } from '../convert.ts'
import { type LayersModelSource, readArtifacts } from '../layers-model/layers-model.ts'
import { fromText } from '../layers-model/topology.ts'

/** What runs an ONNX file: ORT's native build, its WebAssembly build, or the dense layers of models/onnx/plain-runtime.ts. */
export type ParityRuntime = 'onnxruntime-node' | 'onnxruntime-web' | 'typescript'

/** Numbers in row-major order; the element type is that of the model's input or output. */
export interface Numbers {
  dims: readonly number[]
  data: Float32Array | Int32Array | Uint8Array
}

/** How far a runtime's outputs are from those of TF.js, over all outputs and elements. */
export interface Difference {
  runtime: ParityRuntime
  /** Largest |actual − expected|; infinite where only one of both is a number. */
  maxAbs: number
  /** Largest over outputs of: its largest |actual − expected| divided by its largest |expected|. */
  maxRel: number
}

/** Outputs that are too far from TF.js's. */
export class ParityError extends Error {
  override name = 'ParityError'
  readonly differences: readonly Difference[]
  constructor(message: string, differences: readonly Difference[]) {
    super(message)
    this.differences = differences
  }
}

/** A converted model loaded into a runtime. */
export interface Loaded {
  /** Outputs in the model's order for inputs in the model's order. */
  run(inputs: readonly Numbers[]): Promise<Numbers[]>
  close(): Promise<void>
}

/**
 * Runs a model in TF.js and its converted form in other runtimes on the same inputs.
 *
 * @param source the model that was converted
 * @param inputs one for each of the model's, in its order
 * @param runtimes default: both of ORT and, where the model has only dense layers, models/onnx/plain-runtime.ts
 */
export async function measureParity(
  source: LayersModelSource | tf.LayersModel,
  converted: Converted,
  inputs: readonly Numbers[],
  runtimes: readonly ParityRuntime[] = fittingRuntimes(converted),
): Promise<Difference[]> {
  const expected = await predict(source, inputs)
  const differences: Difference[] = []
  for (const runtime of runtimes) {
    const loaded = await RUNTIMES[runtime](converted)
    differences.push({ runtime, ...compare(await loaded.run(inputs), expected) })
    await loaded.close()
  }
  return differences
}

/**
 * @param tolerance the largest `maxRel` to accept
 * @param negligible a `maxAbs` that is accepted whatever `maxRel` is: float32's rounding of what cancels out
 * @throws ParityError naming each runtime that exceeds it
 */
export function requireParity(differences: readonly Difference[], tolerance: number, negligible = 0): void {
  const far = differences.filter(({ maxRel, maxAbs }) => !(maxRel <= tolerance || maxAbs <= negligible))
  if (far.length === 0) return
  const each = far.map(
    d => `${d.runtime} by ${d.maxRel.toPrecision(3)} (absolute ${d.maxAbs.toPrecision(3)})`,
  )
  throw new ParityError(
    `expected outputs within ${tolerance} of TF.js relative to the largest, got ${each.join(', ')}`,
    differences,
  )
}

/** Largest absolute and relative difference over all outputs. */
export function compare(
  actual: readonly Numbers[],
  expected: readonly Numbers[],
): { maxAbs: number; maxRel: number } {
  let maxAbs = 0
  let maxRel = 0
  for (const [i, { dims, data }] of expected.entries()) {
    if (actual[i].dims.join() !== dims.join()) {
      throw new ParityError(`output ${i}: expected shape [${dims}] as in TF.js, got [${actual[i].dims}]`, [])
    }
    let peak = 0
    let worst = 0
    for (let k = 0; k < data.length; k++) {
      const [a, e] = [actual[i].data[k], data[k]]
      if (Number.isFinite(e)) peak = Math.max(peak, Math.abs(e))
      if (!Object.is(a, e) && a !== e)
        worst = Math.max(worst, Number.isFinite(a - e) ? Math.abs(a - e) : Infinity)
    }
    maxAbs = Math.max(maxAbs, worst)
    if (worst > 0) maxRel = Math.max(maxRel, worst / peak)
  }
  return { maxAbs, maxRel }
}

function fittingRuntimes(converted: Converted): ParityRuntime[] {
  try {
    readMlp(converted.bytes)
    return ['onnxruntime-node', 'onnxruntime-web', 'typescript']
  } catch {
    return ['onnxruntime-node', 'onnxruntime-web']
  }
}

/** TF.js's own prediction on its cpu backend, the most exact one. */
async function predict(
  source: LayersModelSource | tf.LayersModel,
  inputs: readonly Numbers[],
): Promise<Numbers[]> {
  const tf = await loadTfjs()
  const given = typeof source === 'object' && 'predict' in source ? source : undefined
  const model = given ?? (await loadModel(tf, source as LayersModelSource))
  const tensors = inputs.map(({ dims, data }, i) => {
    const dtype = model.inputs[i]?.dtype ?? 'float32'
    return tf.tensor(data, [...dims], dtype as 'float32')
  })
  const outputs = [model.predict(tensors)].flat()
  const results = await Promise.all(
    outputs.map(async output => ({ dims: output.shape, data: await output.data() }) as Numbers),
  )
  tf.dispose([tensors, outputs])
  if (!given) model.dispose()
  return results
}

async function loadTfjs(): Promise<typeof tf> {
  const module = await import('@tensorflow/tfjs')
  await module.setBackend('cpu')
  return module
}

async function loadModel(module: typeof tf, source: LayersModelSource): Promise<tf.LayersModel> {
  const { modelTopology, weightSpecs, weightData } = await readArtifacts(source)
  const artifacts = {
    modelTopology: forPrediction(modelTopology),
    weightSpecs,
    weightData: weightData.buffer,
  }
  return module.loadLayersModel(module.io.fromMemory(artifacts as tf.io.ModelArtifacts))
}

/**
 * A topology without what only training needs. TF.js draws initial weights before it reads the stored ones, which is
 * slow, and without end when a damaged initializer asks for what cannot be drawn.
 */
function forPrediction(topology: unknown): unknown {
  if (Array.isArray(topology)) return topology.map(forPrediction)
  if (typeof topology !== 'object' || topology === null) return topology
  const kept = Object.entries(topology).filter(([key]) => !/(initializer|regularizer|constraint)$/i.test(key))
  return Object.fromEntries(
    kept.map(([key, value]) => [key, forPrediction(key === 'model_config' ? fromText(value, key) : value)]),
  )
}

/** Loads a converted model; TypeScript takes those of dense layers only. */
export const RUNTIMES: Readonly<Record<ParityRuntime, (converted: Converted) => Promise<Loaded>>> = {
  'onnxruntime-node': async converted => ort(await import('onnxruntime-node'), converted),
  'onnxruntime-web': async converted => {
    const web = await import('onnxruntime-web/wasm')
    web.env.wasm.numThreads = 1
    return ort(web as unknown as Ort, converted)
  },
  typescript: async converted => {
    const forward = runner(readMlp(converted.bytes))
    return {
      async run([{ dims, data }]) {
        const results = forward(data as Float32Array, dims[0])
        return converted.outputs.map(({ name }) => ({
          dims: [dims[0], results[name].length / dims[0]],
          data: results[name],
        }))
      },
      close: async () => {},
    }
  },
}

type Ort = typeof import('onnxruntime-node')

const ORT_TYPES: Partial<Record<DataType, 'float32' | 'int32' | 'bool'>> = {
  float: 'float32',
  int32: 'int32',
  bool: 'bool',
}

async function ort({ InferenceSession, Tensor }: Ort, converted: Converted): Promise<Loaded> {
  const session = await InferenceSession.create(converted.bytes, { logSeverityLevel: 3 })
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
