import type { Card } from '../../../models/card.ts'
import { CLASSES } from '../../../models/classes.ts'
import { toHalf } from '../../../models/files/half.ts'
import { encodeSafetensors } from '../../../models/files/safetensors.ts'
import { sha256 } from '../../../models/files/sha256.ts'
import { toIntensities } from '../../../models/images/grey.ts'
import { standardPrior } from '../../../models/latent/prior.ts'
import { oneHot } from '../../../models/one-hot.ts'
import { encodeMlp } from '../../../models/onnx/encode-mlp.ts'
import { createRunner, type Mlp } from '../../../models/onnx/plain-runtime.ts'
import type { ModelFile } from '../../../models/registry/keys.ts'
import { versionOf } from '../../../models/registry/version-of.ts'
import { joinRows } from '../../../models/rows.ts'
import { classRows, firstImages, type Images, pickPixels } from '../../../train/step/images.ts'
import { moments } from '../../../train/step/moments.ts'
import { fetchTestImages } from '../data/fetch-images.ts'
import { type KnownName, SIDE } from '../data/known-sets.ts'
import { architectureOf, headsOf, readNetworks, unitsOf } from './onnx-networks.ts'

/** A model that the visitor imported. The encoder's file is absent if there was none. */
export interface ImportedModel {
  card: Card
  files: Record<Exclude<ModelFile, 'encoder.onnx'>, Uint8Array<ArrayBuffer>> & {
    'encoder.onnx'?: Uint8Array<ArrayBuffer>
  }
}

/** The images that a model was trained on: one of the page's data sets, or others. */
export type TrainedOn = KnownName | 'other'

/**
 * How many test images are encoded for the plane, and how many in one batch: a batch blocks the page for a few
 * milliseconds.
 */
const ENCODED = { images: 2000, batch: 20 }

/**
 * Makes a card for a decoder and its encoder, if there is one, that come without a card, from what the files say, and
 * encodes the test images. The files are written again with the page's names for inputs and outputs; the weights stay
 * as they are.
 *
 * @param onnx one or two ONNX files with their names
 * @throws Error with a message for the visitor
 */
export async function describeOnnx(
  onnx: readonly (readonly [name: string, bytes: Uint8Array])[],
  trainedOn: TrainedOn,
): Promise<ImportedModel> {
  const { decoder, encoder, shape } = readNetworks(onnx)
  const { pixels, latentDim, classes } = shape
  const [height, width] = sidesOf(pixels)
  const heads = encoder && headsOf(encoder.mlp)
  const kind = encoder && heads?.length === 1 ? 'ae' : 'vae'
  const y = classes ? ['y'] : []
  const files = {
    decoder: encodeMlp(decoder.mlp, ['z', ...y], ['xhat']) as Uint8Array<ArrayBuffer>,
    encoder:
      encoder &&
      (encodeMlp(
        { ...encoder.mlp, outputs: heads ?? [] },
        ['x', ...y],
        kind === 'ae' ? ['z'] : ['mu', 'logvar'],
      ) as Uint8Array<ArrayBuffer>),
  }
  const known = trainedOn !== 'other' && pixels === SIDE * SIDE ? trainedOn : undefined
  const test = known && encoder && firstImages(await fetchTestImages(document.baseURI, known), ENCODED.images)
  const architecture = architectureOf(decoder.mlp, kind, shape)
  const mu = test && encoder ? await encode(encoder.mlp, test, classes) : new Float32Array()
  const count = mu.length / latentDim
  const names = known ? CLASSES[known] : classNames(classes)
  const latents = encodeSafetensors({
    mu: { dtype: 'F16', shape: [count, latentDim], data: toHalf(mu) },
    ...(test?.labels && { label: { dtype: 'U8' as const, shape: [count], data: test.labels.slice() } }),
  }) as Uint8Array<ArrayBuffer>
  const none = new Uint8Array()
  const card: Card = {
    id: idOf(decoder.name),
    version: await versionOf({ 'encoder.onnx': files.encoder ?? none, 'decoder.onnx': files.decoder }),
    architecture,
    parameters: [decoder, ...(encoder ? [encoder] : [])]
      .flatMap(({ mlp }) => mlp.layers)
      .reduce((sum, { weights, bias }) => sum + weights.length + bias.length, 0),
    objective: { reconstruction: 'bce', beta: kind === 'ae' ? 0 : 1, samples: 1, kl: 'analytic' },
    prior: standardPrior(latentDim),
    dataset: { name: known ?? 'unknown', height, width, classes: [...names], polarity: 'light-on-dark' },
    training: {
      epochs: 0,
      bestEpoch: 0,
      seed: 0,
      engine: 'unknown',
      device: 'unknown',
      fold: 0,
      folds: 2,
      images: 1,
    },
    metrics: [],
    latent:
      test && count > 0
        ? moments(mu, { train: test, classes: [...names] }, allOf(count), latentDim)
        : { whole: standardMoments(latentDim), classes: [] },
    files: {
      encoder: await describe(files.encoder ?? none),
      decoder: await describe(files.decoder),
      latents: await describe(latents),
    },
    opset: 17,
    precision: 'fp32',
    parity: { images: 1, maxAbsDifference: {} },
  }
  return {
    card,
    files: {
      'decoder.onnx': files.decoder,
      'latents.safetensors': latents,
      ...(files.encoder && { 'encoder.onnx': files.encoder }),
    },
  }
}

/** Height and width of an image of so many pixels: the factors that are closest to each other, the larger one first. */
function sidesOf(pixels: number): [number, number] {
  let width = Math.floor(Math.sqrt(pixels))
  while (pixels % width !== 0) width--
  return [pixels / width, width]
}

/** Computes mu of images, [images, D_z], with the plain runtime. After each batch the page can respond. */
async function encode(mlp: Mlp, images: Images, classes: number | undefined): Promise<Float32Array> {
  const run = createRunner(mlp)
  const [{ name }] = headsOf(mlp)
  const { features } = mlp.inputs[0]
  const latentDim = unitsOf(mlp, 0)
  const mu = new Float32Array(images.count * latentDim)
  for (let from = 0; from < images.count; from += ENCODED.batch) {
    const indices = allOf(images.count).subarray(from, from + ENCODED.batch)
    const x = toIntensities(pickPixels(images, indices))
    const input = classes ? joinRows([x, classRows(images, indices, classes)], indices.length) : x
    if (x.length !== indices.length * features) throw new Error('expected images of the encoder’s size')
    mu.set(run(input, indices.length)[name], from * latentDim)
    await new Promise(resolve => setTimeout(resolve))
  }
  return mu
}

function allOf(count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, i) => i)
}

function standardMoments(d: number): Card['latent']['whole'] {
  const covariance = Array.from({ length: d }, (_, i) => [...oneHot([i], d)])
  return { images: 0, mean: Array<number>(d).fill(0), covariance }
}

function classNames(classes: number | undefined): string[] {
  return Array.from({ length: classes ?? 0 }, (_, i) => String(i))
}

/** Makes an id of a file's name: letters and digits, with hyphens between them. */
function idOf(name: string): string {
  const plain = name
    .replace(/\.onnx$/i, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
  return plain || 'decoder'
}

async function describe(bytes: Uint8Array): Promise<{ bytes: number; sha256: string }> {
  return { bytes: bytes.length, sha256: await sha256(bytes) }
}
