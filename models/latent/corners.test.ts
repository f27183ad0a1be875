import { expect, test } from 'vitest'
import type { Card } from '../card.ts'
import { cornersIn } from './corners.ts'

/** A card with classes of so many training images each. */
function card(classes: Record<string, number>): Card {
  const moments = (images: number) => ({
    images,
    mean: [0, 0],
    covariance: [
      [1, 0],
      [0, 1],
    ],
  })
  return {
    architecture: { kind: 'vae', latentDim: 2 },
    prior: { mean: [0, 0], variance: [1, 1] },
    dataset: { classes: Object.keys(classes) },
    latent: { whole: moments(1), classes: Object.values(classes).map(moments) },
  } as unknown as Card
}
const BEGIN = ['class:0', 'class:7', 'class:1', 'class:3']

test.each<[string, Record<string, number>, string[]]>([
  ['ten classes keep them', Object.fromEntries([...'abcdefghij'].map(name => [name, 1])), BEGIN],
  ['three classes', { a: 1, b: 1, c: 1 }, ['class:0', 'class:2', 'class:1', 'seed:4']],
  ['one class', { a: 1 }, ['class:0', 'seed:2', 'seed:3', 'seed:4']],
  ['no classes', {}, ['seed:1', 'seed:2', 'seed:3', 'seed:4']],
  ['a class without training images', { a: 0, b: 1 }, ['seed:1', 'seed:2', 'class:1', 'seed:4']],
])('the corners at the start fit a model with %s', (_, classes, corners) => {
  expect(cornersIn(BEGIN, card(classes))).toEqual(corners)
})

test('corners that a model has, draws and test images stay as they are', () => {
  const corners = ['class:b', 'seed:9', 'test:3', 'z:0.5,1']
  expect(cornersIn(corners, card({ a: 1, b: 1 }))).toEqual(corners)
})
