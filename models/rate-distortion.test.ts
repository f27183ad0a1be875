import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { Card, type Metric } from './card.ts'
import { betaFamily, rateDistortionCurves } from './rate-distortion.ts'

const card = Card.parse(JSON.parse(readFileSync('models/zoo/mnist-vae-l1-z2/card.json', 'utf8')))

/** A card with another beta, rate (nats per image) and bce (nats per pixel). */
function made(id: string, beta: number, rate: number, bce: number, changed: Partial<Card> = {}): Card {
  const metric = (name: Metric['name'], value: number, latent: Metric['latent'] = 'sampled'): Metric => ({
    name,
    unit: name === 'kl' ? 'nats per image' : 'nats per pixel',
    split: 'test',
    images: 10_000,
    latent,
    value,
  })
  const metrics = [metric('kl', -1, 'mu'), metric('bce', -1, 'mu'), metric('kl', rate), metric('bce', bce)]
  return { ...card, id, objective: { ...card.objective, beta }, metrics, ...changed }
}

test('models that differ in beta alone make a curve, sorted by beta', () => {
  const cards = [
    made('b10', 10, 2, 0.3),
    made('b1', 1, 8, 0.2),
    made('alone', 1, 8, 0.2, { architecture: { ...card.architecture, layers: 2 } }),
  ]
  expect(rateDistortionCurves(cards)).toEqual([
    [
      { id: 'b1', beta: 1, rate: 8, distortion: 0.2 * 784, images: 10_000, pixels: 'grey' },
      { id: 'b10', beta: 10, rate: 2, distortion: 0.3 * 784, images: 10_000, pixels: 'grey' },
    ],
  ])
})

test('grey and binary pixels are never on one curve', () => {
  const binary = { training: { ...card.training, pixels: 'binarized' as const } }
  expect(rateDistortionCurves([made('grey', 1, 8, 0.2), made('binary', 10, 2, 0.3, binary)])).toEqual([])
})

test('the family of an id are the ids that differ in beta alone', () => {
  const ids = [
    'mnist-vae-l2-z2',
    'mnist-vae-l2-z2-beta10',
    'mnist-vae-l2-z2-var1x3',
    'mnist-vae-l1-z2',
    'bars-1',
  ]
  expect(betaFamily('mnist-vae-l2-z2-beta0.02', ids)).toEqual(['mnist-vae-l2-z2', 'mnist-vae-l2-z2-beta10'])
  expect(betaFamily('bars-1', ids)).toEqual([])
})
