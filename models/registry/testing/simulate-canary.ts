import { createRng, normals } from '../../random.ts'
import { type Answer, addPair, concludeTrial, type Pair, startTrial } from '../canary-trial.ts'

/** Pairs after which a simulated trial ends undecided. */
export const MOST = 3000

/** Effects of a canary: factors of quality and latency, and the share of requests that fail. */
export interface Effects {
  quality?: number
  latency?: number
  errors?: number
}

/**
 * An endless sequence of pairs. Images differ in their loss by half, versions by 8% an image in either direction; a
 * request takes 5 ms, log-normally by 0.4, and one in forty waits ten times as long.
 */
export function* pairs(seed: number, { quality = 1, latency = 1, errors = 0 }: Effects): Generator<Pair> {
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

/** Runs a trial, judged after every pair, until there is a verdict. */
export function simulateTrial(seed: number, effects: Effects) {
  let trial = newTrial()
  for (const pair of pairs(seed, effects)) {
    trial = addPair(trial, pair)
    const conclusion = concludeTrial(trial, MOST)
    if (conclusion) return { ...conclusion, pairs: trial.pairs }
  }
  throw new Error('endless')
}

/** A trial before its first pair. */
export function newTrial(): ReturnType<typeof startTrial> {
  return startTrial('some-model', 'a'.repeat(12), 'b'.repeat(12), '2026-01-01T00:00:00.000Z')
}
