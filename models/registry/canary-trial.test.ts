import { expect, test } from 'vitest'
import { type Answer, addPair, concludeTrial, TRIAL_ALPHA, Trial } from './canary-trial.ts'
import { type Effects, MOST, newTrial, pairs, simulateTrial } from './testing/simulate-canary.ts'

test('at most 5% of 1,000 canaries as good as the stable version are rolled back, with a look after every pair', () => {
  const verdicts = Array.from({ length: 1000 }, (_, seed) => simulateTrial(seed, {}).verdict)
  const count = (verdict: string) => verdicts.filter(each => each === verdict).length
  expect(count('rollback')).toBeLessThanOrEqual(1000 * TRIAL_ALPHA)
  expect(count('promote')).toBeGreaterThan(900)
})

test.each<[string, Effects, RegExp, number]>([
  ['3% of quality', { quality: 1.03 }, /^quality is worse: quality \+\d\.\d\d%/, 1000],
  ['20% of latency', { latency: 1.2 }, /^latency is worse: .*latency \+\d\d\.\d\d%/, 1000],
  ['1% of errors', { errors: 0.01 }, /^errors is worse: .*errors \+\d\.\d\d points/, 3000],
])('a regression of %s is rolled back and named', (_, effects, reason, most) => {
  const runs = Array.from({ length: 60 }, (_, seed) => simulateTrial(5000 + seed, effects))
  const caught = runs.filter(({ verdict }) => verdict === 'rollback')
  expect(caught.length).toBeGreaterThanOrEqual(55)
  for (const { reason: said } of caught) expect(said).toMatch(/ is worse: /)
  expect(caught.filter(({ reason: said }) => reason.test(said)).length).toBeGreaterThan(50)
  const sorted = caught.map(each => each.pairs).sort((a, b) => a - b)
  expect(sorted[sorted.length >> 1]).toBeLessThan(most)
  expect(runs.filter(({ verdict }) => verdict === 'promote').length).toBeLessThanOrEqual(3)
})

test('a trial without images is judged by latency and errors', () => {
  let trial = newTrial()
  for (const { stable, canary } of pairs(1, {})) {
    const bare = ({ loss: _, ...answer }: Answer) => answer
    trial = addPair(trial, { stable: bare(stable), canary: bare(canary) })
    const conclusion = concludeTrial(trial, MOST)
    if (!conclusion) continue
    expect(conclusion.verdict).toBe('promote')
    expect(conclusion.reason).not.toContain('quality')
    break
  }
})

test('a trial written as JSON is read back unchanged', () => {
  let trial = newTrial()
  for (const pair of pairs(3, {})) {
    trial = addPair(trial, pair)
    if (trial.pairs === 100) break
  }
  expect(Trial.parse(JSON.parse(JSON.stringify(trial)))).toEqual(trial)
})

test('a trial without a significant difference ends undecided, with its figures', () => {
  let trial = newTrial()
  for (const pair of pairs(4, {})) {
    trial = addPair(trial, pair)
    if (trial.pairs === 20) break
  }
  expect(concludeTrial(trial, 21)).toBeUndefined()
  expect(concludeTrial(trial, 20)).toMatchObject({
    verdict: 'undecided',
    reason: expect.stringContaining('(20 pairs'),
  })
})
