import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { Card } from '../card.ts'
import { checkJudgement, compareJudgements } from './compare-judgements.ts'
import { checkGate } from './gate.ts'

const card = Card.parse(JSON.parse(readFileSync(new URL('golden/card.json', import.meta.url), 'utf8')))
const judgement: NonNullable<Card['judgement']> = {
  judge: { dataset: 'mnist', version: '0123456789ab' },
  seed: 1,
  byClass: { imagesPerClass: 100, accuracy: Array(10).fill(0.9), mean: 0.9, worst: 0.8 },
  samples: { images: 500, confident: 0.95, frechet: 20, precision: 0.8, recall: 0.5 },
  trainingImages: { images: 500, confident: 0.99, frechet: 4, precision: 0.86, recall: 0.86 },
  testImages: 10_000,
  neighbours: 3,
  nearest: {
    images: 100,
    samples: { firstPercentile: 2, median: 4 },
    testImages: { firstPercentile: 2, median: 4 },
    nearerShare: 0.01,
  },
}
const judged = (changes: Partial<typeof judgement> = {}): Card => ({
  ...card,
  judgement: { ...judgement, ...changes },
})
const failed = (now: Card, before: Card) =>
  compareJudgements({ card: now }, { card: before }).flatMap(({ passed, says }) => (passed ? [] : [says]))

test('samples may be judged worse by the tolerance and no more', () => {
  const byClass = judgement.byClass!
  expect(failed(judged(), judged())).toEqual([])
  expect(failed(judged({ byClass: { ...byClass, mean: 0.895, worst: 0.76 } }), judged())).toEqual([])
  expect(failed(judged({ byClass: { ...byClass, mean: 0.885, worst: 0.7 } }), judged())).toEqual([
    'mean class accuracy: expected at least 0.890 (0.900 less 0.01), got 0.885',
    'worst class accuracy: expected at least 0.750 (0.800 less 0.05), got 0.700',
  ])
  const samples = { ...judgement.samples, confident: 0.9, frechet: 23 }
  expect(failed(judged({ samples }), judged())).toEqual([
    'share that the judge is sure of: expected at least 0.930 (0.950 less 0.02), got 0.900',
    'Fréchet distance: expected at most 22.00 (10% more than 20.00), got 23.00',
  ])
})

test('a version without a judgement cannot replace one with; judgements of different judges are not compared', () => {
  expect(failed(judged(), card)).toEqual([])
  expect(failed(card, judged())[0]).toContain('expected a judgement of its samples')
  const other = judged({
    judge: { dataset: 'mnist', version: 'ba9876543210' },
    samples: { ...judgement.samples, frechet: 90 },
  })
  expect(failed(other, judged())).toEqual([])
  expect(compareJudgements({ card: other }, { card: judged() })[0].says).toContain('not compared')
})

test('what the gate’s own judge says counts, and a card that says otherwise is named', () => {
  const { judge, seed, byClass, samples } = judgement
  const poor = { judge, seed, byClass, samples: { ...samples, frechet: 40 } }
  const forged = { card: judged(), judged: poor }
  expect(checkJudgement({ card: judged(), judged: { judge, seed, byClass, samples } })).not.toContainEqual(
    expect.objectContaining({ passed: false }),
  )
  expect(checkJudgement(forged).filter(({ passed }) => !passed)).toEqual([
    {
      check: 'measured',
      passed: false,
      says: 'Fréchet distance: expected 40.0000, as judged on its samples, got 20.0000 in its card',
    },
  ])
  expect(compareJudgements(forged, { card: judged() }).filter(({ passed }) => !passed)).toMatchObject([
    { says: 'Fréchet distance: expected at most 22.00 (10% more than 20.00), got 40.00' },
  ])
})

test('the gate’s findings include the samples', () => {
  const worse = judged({ samples: { ...judgement.samples, frechet: 40 } })
  const findings = checkGate({ card: worse, measured: [] }, { card: judged(), measured: [] })
  expect(findings.filter(({ passed }) => !passed).map(({ check }) => check)).toEqual(['samples'])
})
