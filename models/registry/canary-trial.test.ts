import { expect, test } from 'vitest'
import { createRng, normals } from '../random.ts'
import {
  type Answer,
  addPair,
  concludeTrial,
  type Pair,
  startTrial,
  TRIAL_ALPHA,
  Trial,
} from './canary-trial.ts'

const MOST = 3000

/** Effects of a canary: factors of quality and latency, and the share of requests that fail. */
interface Effects {
  quality?: number
  latency?: number
  errors?: number
}

/**
 * An endless sequence of pairs. Images differ in their loss by half, versions by 8% an image in either direction; a
 * request takes 5 ms, log-normally by 0.4, and one in forty waits ten times as long.
 */
function* pairs(seed: number, { quality = 1, latency = 1, errors = 0 }: Effects): Generator<Pair> {
  const uniform = createRng(seed, 'canary')
  const draw = new Float32Array(5)
  const seconds = (normal: number, factor: number) =>
    0.005 * factor * Math.exp(0.4 * normal) * (uniform() < 1 / 40 ? 10 : 1)
  for (;;) {
    normals(uniform, draw)
    const image = 20 * Math.exp(draw[0] / 2)
    const answer = (i: number, effects: Required<Effects>): Answer => ({
      failed: uniform() < 0.001 + effects.errors,
      seconds: seconds(draw[i], effects.latency),
      loss: image * effects.quality * (1 + 0.08 * draw[i + 1]),
    })
    yield {
      stable: answer(1, { quality: 1, latency: 1, errors: 0 }),
      canary: answer(3, { quality, latency, errors }),
    }
  }
}

/** Looks after every pair until there is a verdict. */
function run(seed: number, effects: Effects) {
  let trial = startTrial('some-model', 'a'.repeat(12), 'b'.repeat(12), '2026-01-01T00:00:00.000Z')
  for (const pair of pairs(seed, effects)) {
    trial = addPair(trial, pair)
    const conclusion = concludeTrial(trial, MOST)
    if (conclusion) return { ...conclusion, pairs: trial.pairs }
  }
  throw new Error('endless')
}

test('at most 5% of 1,000 canaries as good as the stable version are rolled back, with a look after every pair', () => {
  const verdicts = Array.from({ length: 1000 }, (_, seed) => run(seed, {}).verdict)
  const count = (verdict: string) => verdicts.filter(each => each === verdict).length
  expect(count('rollback')).toBeLessThanOrEqual(1000 * TRIAL_ALPHA)
  expect(count('promote')).toBeGreaterThan(900)
})

test.each<[string, Effects, RegExp, number]>([
  ['3% of quality', { quality: 1.03 }, /^quality is worse: quality \+\d\.\d\d%/, 1000],
  ['20% of latency', { latency: 1.2 }, /^latency is worse: .*latency \+\d\d\.\d\d%/, 1000],
  ['1% of errors', { errors: 0.01 }, /^errors is worse: .*errors \+\d\.\d\d points/, 3000],
])('a regression of %s is rolled back and named', (_, effects, reason, most) => {
  const runs = Array.from({ length: 60 }, (_, seed) => run(5000 + seed, effects))
  const caught = runs.filter(({ verdict }) => verdict === 'rollback')
  expect(caught.length).toBeGreaterThanOrEqual(55)
  for (const { reason: said } of caught) expect(said).toMatch(/ is worse: /)
  expect(caught.filter(({ reason: said }) => reason.test(said)).length).toBeGreaterThan(50)
  const sorted = caught.map(each => each.pairs).sort((a, b) => a - b)
  expect(sorted[sorted.length >> 1]).toBeLessThan(most)
  expect(runs.filter(({ verdict }) => verdict === 'promote').length).toBeLessThanOrEqual(3)
})

test('a trial without images is judged by latency and errors', () => {
  let trial = startTrial('some-model', 'a'.repeat(12), 'b'.repeat(12), '2026-01-01T00:00:00.000Z')
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
  let trial = startTrial('some-model', 'a'.repeat(12), 'b'.repeat(12), '2026-01-01T00:00:00.000Z')
  for (const pair of pairs(3, {})) {
    trial = addPair(trial, pair)
    if (trial.pairs === 100) break
  }
  expect(Trial.parse(JSON.parse(JSON.stringify(trial)))).toEqual(trial)
})

test('a trial without a significant difference ends undecided, with its figures', () => {
  let trial = startTrial('some-model', 'a'.repeat(12), 'b'.repeat(12), '2026-01-01T00:00:00.000Z')
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
