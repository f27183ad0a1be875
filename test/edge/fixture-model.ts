import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { type DenseShape, decoderLayers, encoderLayers, parameterCount } from '../../models/architecture.ts'
import { type Architecture, Card, type Prior } from '../../models/card.ts'
import { toHalf } from '../../models/files/half.ts'
import { sha256 } from '../../models/files/sha256.ts'
import { standardPrior } from '../../models/latent/prior.ts'
import type { FittedMixture } from '../../models/latent-statistics.ts'
import { encodeModel, floatTensor, type Node, type Tensor } from '../../models/onnx/encode-model.ts'
import { createRng, normals } from '../../models/random.ts'
import { versionOf } from '../../models/registry/version-of.ts'

/**
 * A model of random weights, for properties that the trained models lack: other shapes, other priors, data without
 * classes.
 */
export interface Fixture {
  id: string
  kind: Architecture['kind']
  latentDim: number
  layers?: number
  height?: number
  width?: number
  output?: Architecture['output']
  prior?: Prior
  classes?: readonly string[]
  /** What its card says of its data beyond the above. */
  data?: Partial<Card['dataset']>
  /** Reads a class beside x and z, and has a density of two components for each class. */
  conditional?: boolean
  /** Other weights for another number. */
  seed?: number
}

/** Writes a model's folder into `zoo` as the export does, and returns its card. */
export async function writeModel(zoo: string, fixture: Fixture): Promise<Card> {
  const { id, kind, latentDim, layers = 2, height = 28, width = 28, output = 'sigmoid', seed = 1 } = fixture
  const classes = fixture.conditional ? fixture.classes?.length : undefined
  const architecture: Architecture = {
    kind,
    inputDim: height * width,
    latentDim,
    layers,
    ...(classes && { classes }),
    output,
  }
  const images = 40
  const labels = Uint8Array.from({ length: images }, (_, i) => i % Math.max(1, fixture.classes?.length ?? 1))
  const files = {
    'encoder.onnx': graph(
      'x',
      architecture,
      encoderLayers(architecture),
      kind === 'vae' ? ['mu', 'logvar'] : ['z'],
      seed,
    ),
    'decoder.onnx': graph('z', architecture, decoderLayers(architecture), ['xhat'], seed + 1),
    'latents.safetensors': latents(images, latentDim, fixture.classes ? labels : undefined),
  }
  const describe = async (bytes: Uint8Array) => ({ bytes: bytes.length, sha256: await sha256(bytes) })
  const moments = (k: number) => ({
    images,
    mean: Array.from({ length: latentDim }, (_, i) => Math.sin(k + i)),
    covariance: Array.from({ length: latentDim }, (_, i) =>
      Array.from({ length: latentDim }, (_, j) => (i === j ? 0.5 : 0.1)),
    ),
  })
  const card = Card.parse({
    id,
    version: await versionOf(files),
    architecture,
    parameters: parameterCount(architecture),
    objective: { reconstruction: 'bce', beta: kind === 'vae' ? 1 : 0, samples: 1, kl: 'analytic' },
    prior: fixture.prior ?? standardPrior(latentDim),
    dataset: { name: 'fixture', height, width, classes: [...(fixture.classes ?? [])], ...fixture.data },
    training: { epochs: 0, bestEpoch: 0, seed, engine: 'none', device: 'none', fold: 0, folds: 10, images },
    metrics: [],
    latent: { whole: moments(0), classes: (fixture.classes ?? []).map((_, k) => moments(k + 1)) },
    ...(fixture.conditional && {
      density: {
        seed: 1,
        draws: 1,
        whole: mixture(latentDim, 0),
        classes: fixture.classes!.map((_, k) => mixture(latentDim, k + 1)),
      },
    }),
    files: {
      encoder: await describe(files['encoder.onnx']),
      decoder: await describe(files['decoder.onnx']),
      latents: await describe(files['latents.safetensors']),
    },
    opset: 17,
    precision: 'fp32',
    parity: { images: 1, maxAbsDifference: {} },
  })
  const folder = path.join(zoo, id)
  await mkdir(folder, { recursive: true })
  for (const [name, bytes] of Object.entries(files)) await writeFile(path.join(folder, name), bytes)
  await writeFile(path.join(folder, 'card.json'), JSON.stringify(card))
  return card
}

/** Two components, one wide and one narrow. */
function mixture(latentDim: number, k: number): FittedMixture {
  const means = [k, -k].map(shift => Array.from({ length: latentDim }, (_, i) => Math.cos(shift + i)))
  const factor = (scale: number) =>
    Array.from({ length: latentDim }, (_, row) =>
      Array.from({ length: row + 1 }, (_, column) => (row === column ? scale : 0.1 * scale)),
    ).flat()
  return {
    weights: [0.7, 0.3],
    means,
    factors: [factor(0.8), factor(0.2)],
    images: 40 + 10 * k,
    heldOutImages: 1,
    heldOutLogLikelihood: 0,
  }
}

/** A chain of dense layers; several names in `outputs` are heads on the same trunk. */
function graph(
  input: string,
  { classes = 0 }: Architecture,
  layers: readonly DenseShape[],
  outputs: readonly string[],
  seed: number,
): Uint8Array {
  const nodes: Node[] = []
  const initializers: Tensor[] = []
  let current = input
  if (classes > 0) {
    current = 'joined'
    nodes.push({ op: 'Concat', inputs: [input, 'y'], outputs: [current], attributes: { axis: { int: 1 } } })
  }
  layers.forEach((layer, i) => {
    const head = i >= layers.length - outputs.length
    const result = head ? outputs[i - layers.length + outputs.length] : layer.name
    const weights = normals(createRng(seed, layer.name), new Float32Array(layer.inputs * layer.units))
    const scale = Math.sqrt((layer.activation === 'relu' ? 2 : 1) / layer.inputs)
    initializers.push(
      floatTensor(
        `${layer.name}/W`,
        [layer.inputs, layer.units],
        weights.map(w => w * scale),
      ),
      floatTensor(`${layer.name}/b`, [layer.units], new Float32Array(layer.units)),
    )
    const linear = layer.activation === 'linear' ? result : `${layer.name}/linear`
    nodes.push({ op: 'Gemm', inputs: [current, `${layer.name}/W`, `${layer.name}/b`], outputs: [linear] })
    if (layer.activation !== 'linear') {
      const op = layer.activation === 'relu' ? 'Relu' : 'Sigmoid'
      nodes.push({ op, inputs: [linear], outputs: [result] })
    }
    if (!head) current = result
  })
  const last = layers[layers.length - 1]
  return encodeModel({
    name: input === 'x' ? 'encoder' : 'decoder',
    nodes,
    initializers,
    inputs: [
      { name: input, type: 'float', dims: ['batch', layers[0].inputs - classes] },
      ...(classes > 0 ? [{ name: 'y', type: 'float' as const, dims: ['batch', classes] }] : []),
    ],
    outputs: outputs.map(name => ({ name, type: 'float', dims: ['batch', last.units] })),
  })
}

/** A safetensors file of `mu` F16 and, where labelled, `label` U8. */
function latents(images: number, latentDim: number, labels: Uint8Array | undefined): Uint8Array {
  const mu = toHalf(Float32Array.from({ length: images * latentDim }, (_, i) => Math.sin(i)))
  const header: Record<string, unknown> = {
    mu: { dtype: 'F16', shape: [images, latentDim], data_offsets: [0, mu.byteLength] },
  }
  if (labels) {
    const end = mu.byteLength + labels.length
    header.label = { dtype: 'U8', shape: [images], data_offsets: [mu.byteLength, end] }
  }
  let json = JSON.stringify(header)
  json = json.padEnd(Math.ceil(json.length / 8) * 8)
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(json.length))
  return Buffer.concat([length, Buffer.from(json), Buffer.from(mu.buffer), labels ?? Buffer.alloc(0)])
}
