import { expect, test } from 'vitest'
import type { Card } from '../../models/card.ts'
import type { JudgeCard } from '../../models/judge-card.ts'
import type { OnnxModel } from '../step/run/onnx-model.ts'
import { initialClassifier } from './classifier.ts'
import { classifierModel } from './classifier-onnx.ts'
import { openSampleJudge } from './judge-samples.ts'

const [height, width] = [4, 4]
const classes = ['a', 'b']
const judged = {
  height,
  width,
  convolutions: [{ filters: 2, kernel: 3, stride: 2 }],
  features: 3,
  classes: 2,
}
const images = (count: number, digit: string) => ({ images: count, sha256: digit.repeat(64) })
const identity = { sha256: '1'.repeat(64), train: images(60, '2'), test: images(20, '3') }
const moments = (count: number) => ({ images: count, mean: [0], covariance: [[1]] })

/** A model whose images are its latent in every pixel, and the card of one that learned ten images of each class. */
const model = {
  architecture: { inputDim: height * width, latentDim: 1 },
  decode: async (z: Float32Array) => Float32Array.from({ length: z.length * 16 }, (_, i) => z[i >> 4]),
} as unknown as OnnxModel
const card = {
  id: 'some-model',
  dataset: {
    name: 'letters',
    height,
    width,
    classes,
    identity: { ...identity, sha256: '4'.repeat(64), train: images(20, '5') },
  },
  prior: { mean: [0], variance: [1] },
  latent: { whole: moments(20), classes: [moments(10), moments(10)] },
} as unknown as Card

function openTinyJudge() {
  const dataset = { name: 'letters', classes, identity }
  const files = {
    card: { version: 'a'.repeat(12), dataset, architecture: judged } as JudgeCard,
    classifier: classifierModel(judged, initialClassifier(judged, 1)),
  }
  const pixels = Uint8Array.from({ length: 20 * height * width }, (_, i) => (i * 7919) % 256)
  return openSampleJudge(files, { count: 20, pixels, labels: null }, { samples: 8, perClass: 4, seed: 1 })
}

test('a judge judges a model that learned other training images, and no model of other test images', async () => {
  const judge = await openTinyJudge()
  const { judgement } = await judge.judgeSamples(model, card)
  expect(judgement).toMatchObject({ byClass: { imagesPerClass: 4 }, samples: { images: 8 } })
  const { dataset } = card
  const other = { ...dataset, height: 2, width: 8, identity: { ...identity, test: images(21, '3') } }
  await expect(judge.judgeSamples(model, { ...card, dataset: other })).rejects.toThrow(
    'some-model: the judge of letters was trained on other data than the model: size: expected 4×4, got 8×2; test images: expected 20, got 21',
  )
  await judge.close()
})

test('a model that cannot draw a class without training images is judged by its other samples alone', async () => {
  const judge = await openTinyJudge()
  const latent = { ...card.latent, classes: [moments(20), moments(0)] }
  const { judgement } = await judge.judgeSamples(model, { ...card, latent })
  expect(judgement).toMatchObject({ byClass: null, samples: { images: 8 } })
  await judge.close()
})
