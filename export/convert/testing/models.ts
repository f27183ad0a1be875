import * as tf from '@tensorflow/tfjs'
import { createRng, normals } from '../../../models/random.ts'
import type { Numbers } from '../check/numbers.ts'
import type { Artifacts } from '../files/artifacts.ts'
import { sizeOf } from '../graph/arrays.ts'
import type { Filling, LayerJson, Sample } from './drawing.ts'

/** The Functional model a sample describes, with weights drawn from the seed. */
export async function buildSample(sample: Sample, seed: number): Promise<tf.LayersModel> {
  await tf.setBackend('cpu')
  const inputs = sample.inputs.map(({ shape, filling }, i) => ({
    name: `input_${i + 1}`,
    className: 'InputLayer',
    config: {
      batchInputShape: [null, ...shape],
      dtype: filling.kind === 'integers' ? 'int32' : 'float32',
      name: `input_${i + 1}`,
    },
    inboundNodes: [],
  }))
  const layers = sample.layers.map(({ className, config }: LayerJson, i) => {
    const from = i === 0 ? inputs.map(input => input.name) : [`layer_${i}`]
    const name = `layer_${i + 1}`
    return {
      name,
      className,
      config: { ...config, name },
      inboundNodes: [from.map(source => [source, 0, 0, {}])],
    }
  })
  const end = (name: string, tensor = 0) => [name, 0, tensor]
  const config = {
    name: 'sample',
    layers: [...inputs, ...layers],
    inputLayers: inputs.map(({ name }) => end(name)),
    outputLayers: outputCount(sample).map(tensor => end(`layer_${layers.length}`, tensor)),
  }
  const modelTopology = structuredClone({ className: 'Model', config })
  const model = await tf.loadLayersModel(tf.io.fromMemory({ modelTopology }))
  randomize(model, seed)
  return model
}

/** Numbers of the last layer's outputs. */
function outputCount({ layers }: Sample): number[] {
  const { className, config } = layers[layers.length - 1]
  const inner = config.layer as LayerJson | undefined
  const cell = inner ?? { className, config }
  const states = cell.config.returnState ? (cell.className === 'LSTM' ? 2 : 1) * (inner ? 2 : 1) : 0
  const results = className === 'Bidirectional' && config.mergeMode === null ? 2 : 1
  return Array.from({ length: states + results }, (_, i) => i)
}

/** Gives every weight normals of a size that keeps activations moderate; variances are positive. */
export function randomize(model: tf.LayersModel, seed: number): void {
  const uniform = createRng(seed, 'weights')
  for (const weight of model.weights) {
    const values = normals(uniform, new Float32Array(sizeOf(weight.shape as number[])))
    const positive = weight.name.includes('moving_variance')
    const drawn = values.map(v => (positive ? 0.5 + v * v : 0.5 * v))
    weight.write(tf.tensor(drawn, weight.shape as number[]))
  }
}

/** What `model.save` hands a save handler. */
export async function saved(model: tf.LayersModel): Promise<Artifacts> {
  let artifacts: Artifacts = {}
  await model.save(
    tf.io.withSaveHandler(async whole => {
      artifacts = whole
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } }
    }),
  )
  return artifacts
}

/** Numbers for each of the sample's inputs. */
export function drawInputs(sample: Sample, batch: number, seed: number): Numbers[] {
  return sample.inputs.map(({ sizes, filling }, i) => {
    const dims = [batch, ...sizes]
    return { dims, data: fill(filling, dims, seed + i) }
  })
}

function fill(filling: Filling, dims: readonly number[], seed: number): Float32Array | Int32Array {
  const uniform = createRng(seed, 'inputs')
  const size = sizeOf(dims)
  if (filling.kind === 'integers')
    return Int32Array.from({ length: size }, () => Math.floor(uniform() * filling.below))
  const values = normals(uniform, new Float32Array(size))
  if (filling.kind === 'normal') return values.map(v => v * filling.scale + filling.shift)
  const features = dims[dims.length - 1]
  const zero = Array.from({ length: size / features }, () => uniform() < 0.4)
  return values.map((v, i) => (zero[Math.floor(i / features)] ? 0 : v))
}
