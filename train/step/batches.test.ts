import fc from 'fast-check'
import { expect, test } from 'vitest'
import { configure, defaultChoices } from '../fit/choices.ts'
import { epochRuns, stepsPerEpoch } from './batches.ts'
import type { Steps } from './engine.ts'
import type { Images } from './images.ts'

/** Images of 4 pixels that spell their index, so that a batch tells which it holds. */
function numbered(count: number): Images {
  const pixels = Uint8Array.from({ length: count * 4 }, (_, i) => (i >> 2) >> (8 * (i & 3)))
  return { count, pixels, labels: null }
}

function indicesOf({ pixels }: Pick<Steps, 'pixels'>): number[] {
  return Array.from(new Uint32Array(pixels.slice().buffer))
}

const configurations = fc
  .record({
    batch: fc.integer({ min: 1, max: 20 }),
    samples: fc.integer({ min: 1, max: 3 }),
    latent: fc.integer({ min: 1, max: 3 }),
    epochs: fc.integer({ min: 1, max: 5 }),
    seed: fc.integer({ min: 0, max: 0xffffffff }),
    schedule: fc.constantFrom('constant' as const, 'cosine' as const, 'one-cycle' as const),
    warmup: fc.integer({ min: 0, max: 3 }),
    betaWarmup: fc.integer({ min: 0, max: 3 }),
  })
  .map(some =>
    configure(null, { ...defaultChoices(), data: 'mine', ...some, layers: 1 }, { height: 2, width: 2 }),
  )
const folds = fc.uniqueArray(fc.integer({ min: 0, max: 299 }), { minLength: 1, maxLength: 80 })

test('an epoch takes every image of the fold once, all batches whole but the last', () => {
  fc.assert(
    fc.property(configurations, folds, fc.nat(4), (configuration, fold, epoch) => {
      const runs = [...epochRuns(configuration, numbered(300), Uint32Array.from(fold), epoch, () => 3)]
      const taken = runs.flatMap(indicesOf)
      expect([...taken].sort((a, b) => a - b)).toEqual([...fold].sort((a, b) => a - b))
      const sizes = runs.flatMap(({ count, batch }) => Array<number>(count).fill(batch))
      const { batch } = configuration.optimization
      expect(sizes).toHaveLength(stepsPerEpoch(fold.length, batch))
      expect(sizes.slice(0, -1).every(size => size === batch)).toBe(true)
    }),
  )
})

test('an epoch is the same however it is cut into runs', () => {
  fc.assert(
    fc.property(
      configurations,
      folds,
      fc.nat(4),
      fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }),
      (configuration, fold, epoch, cuts) => {
        const all = (atMost: () => number) =>
          joined([...epochRuns(configuration, numbered(300), Uint32Array.from(fold), epoch, atMost)])
        let turn = 0
        expect(all(() => cuts[turn++ % cuts.length])).toEqual(all(() => 1))
      },
    ),
  )
})

function joined(runs: Steps[]) {
  const join = (pick: (steps: Steps) => ArrayLike<number> | null) =>
    runs.flatMap(steps => Array.from(pick(steps) ?? []))
  return {
    images: runs.flatMap(indicesOf),
    eps: join(steps => steps.eps),
    beta: join(steps => steps.beta),
    rate: join(steps => steps.rate),
    epsilon: join(steps => steps.epsilon),
  }
}

test('epochs and seeds differ in order and noise; an AE draws none', () => {
  const of = (seed: number, epoch: number, kind: 'ae' | 'vae' = 'vae') => {
    const choices = { ...defaultChoices(), data: 'mine', seed, kind, layers: 1, batch: 10 }
    const configuration = configure(null, choices, { height: 2, width: 2 })
    const fold = Uint32Array.from({ length: 50 }, (_, i) => i)
    return joined([...epochRuns(configuration, numbered(50), fold, epoch, () => 100)])
  }
  for (const key of ['images', 'eps'] as const) {
    const values = [of(1, 0), of(1, 1), of(2, 0)].map(epoch => epoch[key].join())
    expect(new Set(values).size).toBe(3)
  }
  expect(of(1, 0).eps).toHaveLength(50 * 2)
  expect(of(1, 0, 'ae').eps).toEqual([])
  expect(of(1, 0, 'ae').images).toEqual(of(1, 0).images)
})

test('scalars of a step are those of its place in the whole training', () => {
  const choices = {
    ...defaultChoices(),
    data: 'mine',
    layers: 1,
    batch: 10,
    epochs: 4,
    beta: 8,
    betaWarmup: 2,
    schedule: 'constant' as const,
  }
  const configuration = configure(null, choices, { height: 2, width: 2 })
  const fold = Uint32Array.from({ length: 35 }, (_, i) => i)
  const beta = (epoch: number) =>
    joined([...epochRuns(configuration, numbered(35), fold, epoch, () => 2)]).beta
  // Four steps an epoch, so beta rises by an eighth of its peak a step over the first eight.
  expect(beta(0)).toEqual([0, 1, 2, 3])
  expect(beta(1)).toEqual([4, 5, 6, 7])
  expect(beta(2)).toEqual([8, 8, 8, 8])
})
