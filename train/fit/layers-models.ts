import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs'
import { writeAtomic } from '../../export/files/write-atomic.ts'
import { type DenseShape, decoderLayers, encoderLayers } from '../../models/architecture.ts'
import type { Architecture } from '../../models/card.ts'
import type { Parameters } from '../step/parameters.ts'

// Production mode keeps TF.js from advertising its native backend on standard error.
tf.enableProdMode()

/** The two TF.js LayersModels of a run: encoder x (, y) → mu, logvar (an AE: z), decoder z (, y) → xhat. */
export interface LayersModels {
  encoder: tf.LayersModel
  decoder: tf.LayersModel
}

/**
 * Builds the TF.js models that hold `parameters`. The caller disposes of them.
 *
 * @param parameters the tensors of `parameterShapes`, by name
 */
export function buildLayersModels(architecture: Architecture, parameters: Parameters): LayersModels {
  const encoder = encoderLayers(architecture)
  const heads = architecture.kind === 'vae' ? 2 : 1
  const x = tf.input({ shape: [architecture.inputDim], name: 'x' })
  const z = tf.input({ shape: [architecture.latentDim], name: architecture.kind === 'vae' ? 'z' : 'latent' })
  const given = withClasses(x, architecture)
  const trunk = chain(given.joined, encoder.slice(0, -heads))
  const outputs = encoder.slice(-heads).map(head => dense(head).apply(trunk) as tf.SymbolicTensor)
  const drawn = withClasses(z, architecture)
  const models = {
    encoder: tf.model({ inputs: given.inputs, outputs, name: 'encoder' }),
    decoder: tf.model({
      inputs: drawn.inputs,
      outputs: chain(drawn.joined, decoderLayers(architecture)),
      name: 'decoder',
    }),
  }
  for (const model of Object.values(models)) setWeights(model, parameters)
  return models
}

/** The inputs of a model, and what its first layer reads: `first`, with y [classes] appended in a conditional model. */
function withClasses(first: tf.SymbolicTensor, { classes }: Architecture) {
  if (!classes) return { inputs: [first], joined: first }
  const y = tf.input({ shape: [classes], name: 'y' })
  const joined = tf.layers.concatenate({ name: 'joined' }).apply([first, y]) as tf.SymbolicTensor
  return { inputs: [first, y], joined }
}

function chain(input: tf.SymbolicTensor, layers: DenseShape[]): tf.SymbolicTensor {
  return layers.reduce((h, layer) => dense(layer).apply(h) as tf.SymbolicTensor, input)
}

function dense({ name, units, activation }: DenseShape): tf.layers.Layer {
  return tf.layers.dense({ name, units, activation })
}

function setWeights(model: tf.LayersModel, parameters: Parameters): void {
  for (const layer of model.layers.filter(layer => layer.weights.length > 0)) {
    const weights = ['kernel', 'bias'].map((part, i) =>
      tf.tensor(parameters[`${layer.name}/${part}`], layer.weights[i].shape as number[]),
    )
    layer.setWeights(weights)
    tf.dispose(weights)
  }
}

/**
 * Writes both models under `directory` as `encoder/` and `decoder/`: model.json and weights.bin each, as
 * `tf.loadLayersModel` reads them. The weights are in place before the model.json that names them.
 */
export async function saveLayersModels(
  directory: string,
  architecture: Architecture,
  parameters: Parameters,
): Promise<void> {
  const models = buildLayersModels(architecture, parameters)
  try {
    await save(join(directory, 'encoder'), models.encoder)
    await save(join(directory, 'decoder'), models.decoder)
  } finally {
    models.encoder.dispose()
    models.decoder.dispose()
  }
}

async function save(folder: string, model: tf.LayersModel): Promise<void> {
  await mkdir(folder, { recursive: true })
  await model.save(
    tf.io.withSaveHandler(async artifacts => {
      const { modelTopology, weightSpecs, weightData, format, generatedBy, convertedBy } = artifacts
      const buffers = Array.isArray(weightData) ? weightData : [weightData as ArrayBuffer]
      const weightsManifest = [{ paths: ['weights.bin'], weights: weightSpecs }]
      await writeAtomic(join(folder, 'weights.bin'), Buffer.concat(buffers.map(b => new Uint8Array(b))))
      await writeAtomic(
        join(folder, 'model.json'),
        JSON.stringify({ modelTopology, format, generatedBy, convertedBy, weightsManifest }),
      )
      return { modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(artifacts) }
    }),
  )
}
