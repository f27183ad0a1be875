import fc from 'fast-check'
import { expect, test } from 'vitest'
import { configure } from '../fit/choices.ts'
import { defaultChoices } from '../fit/run-options.ts'
import { epochRuns, stepsPerEpoch } from './batches.ts'
import type { Steps } from './engine.ts'
import type { ImageShape, Images } from './images.ts'

/** Images of 4 pixels that spell their index, so that a batch tells which it holds. */
function numbered(count: number): Images & ImageShape {
  const pixels = Uint8Array.from({ length: count * 4 }, (_, i) => (i >> 2) >> (8 * (i & 3)))
  return { count, pixels, labels: null, height: 2, width: 2 }
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
/** Also with pixels changed at random. */
const random = fc
  .tuple(configurations, fc.boolean(), fc.constantFrom(undefined, { shift: 1, rotation: 10 }))
  .map(([configuration, binarized, augmentation]) => ({
    ...configuration,
    data: {
      ...configuration.data,
      ...(binarized && { binarized: true as const }),
      ...(augmentation && { augmentation }),
    },
  }))
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

test('an epoch does not depend on its division into runs', () => {
  fc.assert(
    fc.property(
      random,
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

test('the scalars of a step depend on its place in the whole training', () => {
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

test('a conditional model gets the class of each image, whatever the order', () => {
  const choices = { ...defaultChoices(), data: 'mine', layers: 1, batch: 10, conditional: true }
  const configuration = configure(null, choices, { height: 2, width: 2, classes: ['a', 'b', 'c'] })
  const images = { ...numbered(30), labels: Uint8Array.from({ length: 30 }, (_, i) => i % 3) }
  const fold = Uint32Array.from({ length: 30 }, (_, i) => i)
  const runs = [...epochRuns(configuration, images, fold, 0, () => 2)]
  const rows = runs.flatMap(({ y }) => Array.from(y!))
  const expected = runs.flatMap(indicesOf).flatMap(i => [0, 1, 2].map(c => (c === i % 3 ? 1 : 0)))
  expect(rows).toEqual(expected)
  expect(() => [...epochRuns(configuration, numbered(30), fold, 0, () => 2)]).toThrow(
    'a conditional model needs labelled images',
  )
})

test('binary pixels are drawn anew in each epoch, with the intensities as probabilities', () => {
  const choices = { ...defaultChoices(), data: 'mine', layers: 1, batch: 100, binarize: true }
  const configuration = configure(null, choices, { height: 2, width: 2 })
  const grey = Uint8Array.of(0, 51, 204, 255)
  const images = {
    ...numbered(2000),
    pixels: Uint8Array.from({ length: 8000 }, (_, i) => grey[i % 4]),
  }
  const fold = Uint32Array.from({ length: 2000 }, (_, i) => i)
  const epoch = (n: number) =>
    [...epochRuns(configuration, images, fold, n, () => 5)].flatMap(({ pixels }) => Array.from(pixels))
  const first = epoch(0)
  expect(epoch(0)).toEqual(first)
  expect(epoch(1)).not.toEqual(first)
  expect(new Set(first)).toEqual(new Set([0, 255]))
  const share = (column: number) =>
    first.filter((value, i) => i % 4 === column && value === 255).length / 2000
  expect([share(0), share(3)]).toEqual([0, 1])
  // Within four standard deviations of 2,000 draws.
  expect(Math.abs(share(1) - 0.2)).toBeLessThan(0.036)
  expect(Math.abs(share(2) - 0.8)).toBeLessThan(0.036)
})
