import { expect, test } from 'vitest'
import type { Architecture } from '../../models/card.ts'
import type { Images } from '../step/images.ts'
import type { OnnxModel } from '../step/run/onnx-model.ts'
import { importanceBounds } from './importance-bound.ts'

const PRIOR = { mean: [0.5], variance: [2] }

/** A model of three pixels and one latent number, with the given posterior and probabilities. */
function model(posterior: { mu: number; logvar: number }, probability: (z: number, j: number) => number) {
  const architecture: Architecture = { kind: 'vae', inputDim: 3, latentDim: 1, layers: 1, output: 'sigmoid' }
  return {
    architecture,
    encode: async (_, batch) => ({
      mu: new Float32Array(batch).fill(posterior.mu),
      logvar: new Float32Array(batch).fill(posterior.logvar),
    }),
    decode: async (z, batch) =>
      Float32Array.from({ length: 3 * batch }, (_, i) => probability(z[Math.floor(i / 3)], i % 3)),
    close: async () => {},
  } satisfies OnnxModel
}

const IMAGES: Images = { count: 2, pixels: Uint8Array.of(255, 0, 255, 0, 0, 0), labels: null }
const OPTIONS = { prior: PRIOR, indices: Uint32Array.of(0, 1), samples: [1, 50, 5000], seed: 1 }

test('every bound is the likelihood if the posterior is the prior and the decoder ignores z', async () => {
  const constant = model({ mu: 0.5, logvar: Math.log(2) }, (_, j) => [0.9, 0.2, 0.6][j])
  const expected = [Math.log(0.9 * 0.8 * 0.6), Math.log(0.1 * 0.8 * 0.4)]
  for (const { value, standardError } of await importanceBounds(constant, IMAGES, OPTIONS)) {
    expect(value).toBeCloseTo((expected[0] + expected[1]) / 2, 5)
    expect(standardError).toBeCloseTo(Math.abs(expected[0] - expected[1]) / 2, 5)
  }
})

test('the bounds rise with k to the likelihood computed by numerical integration over z', async () => {
  const sigmoid = (l: number) => 1 / (1 + Math.exp(-l))
  const slopes = [2, -1, 0.5]
  const dependent = model({ mu: 0.8, logvar: 0.5 }, (z, j) => sigmoid(slopes[j] * z))
  const indices = Uint32Array.of(0)
  const likelihood = (z: number) =>
    sigmoid(2 * z) *
    (1 - sigmoid(-z)) *
    sigmoid(0.5 * z) *
    (Math.exp(-((z - 0.5) ** 2) / 4) / Math.sqrt(4 * Math.PI))
  const step = 1e-3
  let integral = 0
  for (let z = -12; z < 12; z += step) integral += likelihood(z + step / 2) * step
  const [one, fifty, most] = await importanceBounds(dependent, IMAGES, { ...OPTIONS, indices })
  expect(one.value).toBeLessThan(fifty.value)
  expect(fifty.value).toBeLessThan(most.value + 0.01)
  expect(Math.abs(most.value - Math.log(integral))).toBeLessThan(0.02)
  expect(one.value).toBeLessThan(Math.log(integral) - 0.01)
})

test('the same seed gives the same bounds, and those of an image do not depend on the other images', async () => {
  const dependent = model({ mu: 0, logvar: 0 }, (z, j) => 1 / (1 + Math.exp(-z - j)))
  const both = await importanceBounds(dependent, IMAGES, OPTIONS)
  expect(await importanceBounds(dependent, IMAGES, OPTIONS)).toEqual(both)
  const alone = await Promise.all(
    [0, 1].map(i => importanceBounds(dependent, IMAGES, { ...OPTIONS, indices: Uint32Array.of(i) })),
  )
  both.forEach(({ value }, s) => {
    expect(value).toBeCloseTo((alone[0][s].value + alone[1][s].value) / 2, 12)
  })
})

test('a k that does not divide the largest k, and an AE, are refused', async () => {
  const any = model({ mu: 0, logvar: 0 }, () => 0.5)
  await expect(importanceBounds(any, IMAGES, { ...OPTIONS, samples: [3, 50] })).rejects.toThrow(
    'samples: expected a divisor of 50, got 3',
  )
  const ae = { ...any, encode: async () => ({ mu: Float32Array.of(0), logvar: null }) }
  await expect(importanceBounds(ae, IMAGES, OPTIONS)).rejects.toThrow('needs a VAE')
})
