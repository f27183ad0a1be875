import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readModelFolder } from '../../export/registry/read-folder.ts'
import { Card } from '../../models/card.ts'
import { Judgement } from '../../models/judgement.ts'
import { loadDataset } from '../data/load-dataset.ts'
import type { Images } from '../step/images.ts'
import { fitClassifier } from './fit-classifier.ts'
import { readJudge } from './judge-files.ts'
import { openJudge } from './judge-model.ts'
import { accuracy, openClassifier } from './open-classifier.ts'

const SMALL = { samples: 400, perClass: 20, nearest: 40, seed: 1 }

test('the shipped judge of MNIST reads its test images as its card says, over 99% of them', async () => {
  const { card, classifier: bytes } = await readJudge('mnist')
  const { test: images } = await loadDataset('mnist')
  const classifier = await openClassifier(bytes)
  expect(await accuracy(classifier, images as Images & { labels: Uint8Array })).toBeCloseTo(
    card.test.accuracy,
    3,
  )
  await classifier.close()
  expect(card.test).toMatchObject({ images: 10_000 })
  expect(card.test.accuracy).toBeGreaterThan(0.99)
  expect(card.validation.accuracy).toBeGreaterThan(0.99)
})

test('a judgement tells samples of two numbers from training images, and is the same when repeated', async () => {
  const dataset = await loadDataset('mnist')
  const judge = await openJudge(await readJudge('mnist'), dataset, SMALL)
  const { card, files } = await readModelFolder('models/zoo/mnist-vae-l2-z2')
  const model = { encoder: files['encoder.onnx'], decoder: files['decoder.onnx'] }
  const judgement = await judge.judgeModel(card, model)
  expect(Judgement.parse(judgement)).toEqual(judgement)
  expect(await judge.judgeModel(card, model)).toEqual(judgement)
  await judge.close()
  const { samples, trainingImages, byClass } = judgement
  expect(trainingImages.confident).toBeGreaterThan(0.95)
  expect(trainingImages.precision).toBeGreaterThan(0.6)
  expect(samples.frechet).toBeGreaterThan(5 * trainingImages.frechet)
  expect(samples.recall).toBeLessThan(trainingImages.recall)
  expect(byClass!.mean).toBeCloseTo(byClass!.accuracy.reduce((a, b) => a + b) / 10, 10)
  expect(byClass!.worst).toBe(Math.min(...byClass!.accuracy))
  await expect(openJudge(await readJudge('mnist'), dataset, { ...SMALL, samples: 20_000 })).rejects.toThrow(
    'samples: expected at most 10000 (images to compare with), got 20000',
  )
})

test('a classifier learns which half of an image is bright, the same weights for one seed', async () => {
  const architecture = {
    height: 8,
    width: 6,
    convolutions: [{ filters: 4, kernel: 3, stride: 2 }],
    features: 8,
    classes: 2,
  }
  const count = 200
  const labels = Uint8Array.from({ length: count }, (_, i) => i % 2)
  const pixels = Uint8Array.from({ length: count * 48 }, (_, i) => {
    const bright = Math.floor((i % 48) / 24) === labels[Math.floor(i / 48)]
    return (bright ? 150 : 20) + ((i * 7919) % 60)
  })
  const images = { count, pixels, labels }
  const training = {
    epochs: 6,
    batch: 20,
    learningRate: 0.01,
    seed: 3,
    augmentation: { shift: 1, rotation: 0 },
  }
  const indices = Uint32Array.from({ length: count }, (_, i) => i)
  const losses: number[] = []
  const first = await fitClassifier(architecture, training, images, indices, (_, loss) => losses.push(loss))
  expect(losses).toHaveLength(6)
  expect(losses[5]).toBeLessThan(0.1)
  expect(losses[5]).toBeLessThan(losses[0] / 3)
  expect(await fitClassifier(architecture, training, images, indices)).toEqual(first)
})

test('a data set without a judge is refused with the command that trains one', async () => {
  await expect(readJudge('freyface')).rejects.toThrow('npm run judge:train -- freyface')
})

test('the card of every shipped model of labelled data states a judgement of the shipped judge', async () => {
  const judges = new Map<string, string>()
  for (const id of await readdir('models/zoo')) {
    const card = Card.parse(JSON.parse(await readFile(join('models/zoo', id, 'card.json'), 'utf8')))
    const { name, classes } = card.dataset
    if (classes.length === 0) continue
    if (!judges.has(name)) judges.set(name, (await readJudge(name)).card.version)
    expect(card.judgement, id).toMatchObject({ judge: { dataset: name, version: judges.get(name) }, seed: 1 })
  }
  expect([...judges.keys()].sort()).toEqual(['fashion-mnist', 'mnist'])
})
