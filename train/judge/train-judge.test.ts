import { expect, test } from 'vitest'
import type { Dataset } from '../data/dataset.ts'
import { trainJudge } from './train-judge.ts'

test.each([
  [['a'], Uint8Array.of(0, 0), 'got those of 1'],
  [[], null, 'got images without labels'],
])('a judge is not trained on images of the classes [%s]', async (classes, labels, got) => {
  const images = { count: 2, pixels: new Uint8Array(8), labels }
  const dataset = { name: 'letters', height: 2, width: 2, classes, train: images, test: images }
  const training = {
    epochs: 1,
    batch: 1,
    learningRate: 0.01,
    seed: 1,
    augmentation: { shift: 0, rotation: 0 },
  }
  await expect(trainJudge(dataset as unknown as Dataset, training)).rejects.toThrow(
    `letters: expected labels of at least 2 classes, which a judge learns; ${got}`,
  )
})
