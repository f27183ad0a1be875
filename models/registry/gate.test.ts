import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { Card } from '../card.ts'
import { judge } from './gate.ts'

const trained = Card.parse(
  JSON.parse(readFileSync(new URL('../zoo/mnist-vae-l2-z2/card.json', import.meta.url), 'utf8')),
)
const card = vary({ bce: () => 0.2 }, trained)

/** The card with other test metrics. */
function vary(changes: Record<string, (value: number) => number>, of: Card = card): Card {
  const metrics = of.metrics.map(metric => {
    const change = metric.split === 'test' && changes[metric.name]
    return change && typeof metric.value === 'number' ? { ...metric, value: change(metric.value) } : metric
  })
  return { ...of, metrics }
}
const failed = (...args: Parameters<typeof judge>) =>
  judge(...args).flatMap(({ passed, check, says }) => (passed ? [] : [`${check}: ${says}`]))

test('a trained model passes, alone and against itself', () => {
  expect(failed(trained, undefined)).toEqual([])
  expect(failed(trained, trained)).toEqual([])
  const metrics = judge(card, card).filter(({ check }) => check === 'metric')
  // bce, mse, l1 and elbo at z = mu and sampled.
  expect(metrics.length).toBe(8)
})
test('a metric may be worse by the tolerance and no more; better never fails', () => {
  expect(failed(vary({ bce: v => v * 1.019 }), card)).toEqual([])
  expect(failed(vary({ bce: v => v * 1.021 }), card)[0]).toMatch(
    /^metric: test bce at z mu: expected at most 2% worse than 0\.20000, got 0\.20420 \(2\.10% worse\)$/,
  )
  expect(failed(vary({ bce: v => v * 1.021 }), card, 3)).toEqual([])
  expect(failed(vary({ bce: v => v * 0.5, mse: v => v * 0.5 }), card)).toEqual([])
})
test('a higher elbo is better, though it is negative', () => {
  expect(failed(vary({ elbo: v => v * 0.9 }), card)).toEqual([])
  expect(failed(vary({ elbo: v => v * 1.1 }), card).length).toBe(2)
})
test('what is no number does not pass', () => {
  expect(failed(vary({ mse: () => Number.NaN }), card).length).toBe(2)
})
test('a newly collapsed dimension fails; one that was collapsed before does not', () => {
  const collapsed = vary({ activeUnits: () => 1 })
  expect(failed(collapsed, card)).toEqual([
    'collapse: collapsed latent dimensions: expected at most 0, as before, got 1',
  ])
  expect(failed(collapsed, collapsed)).toEqual([])
  expect(failed(card, collapsed)).toEqual([])
})
test('parity must have been measured in every runtime, and be within what the precision allows', () => {
  const parity = { images: 64, maxAbsDifference: { 'onnxruntime-node': 0.03, typescript: 0.001 } }
  expect(failed({ ...card, parity }, undefined)).toEqual([
    'parity: onnxruntime-node: expected at most 0.02 from TF.js (fp16), got 0.0300',
    'parity: onnxruntime-web: expected at most 0.02 from TF.js (fp16), got no comparison',
  ])
})
test('models of other data or shape, and models measured otherwise, are not compared', () => {
  const other = { ...card, dataset: { ...card.dataset, name: 'fashion-mnist' } }
  expect(failed(other, card)).toEqual([
    expect.stringMatching(/^comparable: expected mnist, .* got fashion-mnist/),
  ])
  expect(failed({ ...card, metrics: [] }, card)).toEqual([
    expect.stringMatching(/^comparable: expected a test metric/),
  ])
})
