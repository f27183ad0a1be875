import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createRng, normalQuantile, normals, shuffle } from './random.ts'

const N = 100_000

describe('createRng', () => {
  test('createRng returns the recorded numbers on every machine', () => {
    expect(take(createRng(1), 3)).toEqual([0.12211614403556731, 0.04017927784859837, 0.6155315854059369])
    expect(take(createRng(0xffffffff), 3)).toEqual([
      0.5838817659631648, 0.3241924413210138, 0.8738072393269509,
    ])
    expect(take(createRng(7, 'epoch', 3), 3)).toEqual([
      0.2103917757647899, 0.6697963096657671, 0.9491385528318546,
    ])
    expect(Array.from(normals(createRng(42, 'latent'), new Float32Array(4)))).toEqual([
      1.3258049488067627, 0.14243480563163757, 0.6057230234146118, -0.8443684577941895,
    ])
    expect(shuffle(createRng(5), [0, 1, 2, 3, 4, 5, 6, 7])).toEqual([4, 1, 0, 7, 5, 3, 2, 6])
  })

  test('createRng draws uniformly on the open interval from 0 to 1', () => {
    const values = take(createRng(3, 'uniform'), N)
    expect(Math.min(...values.slice(0, 1000))).toBeGreaterThan(0)
    expect(Math.max(...values.slice(0, 1000))).toBeLessThan(1)
    expect(chiSquare(values)).toBeLessThan(LIMIT)
    const lag = values.slice(1).reduce((sum, u, i) => sum + (u - 0.5) * (values[i] - 0.5), 0) / (N - 1)
    expect(Math.abs(lag * 12)).toBeLessThan(4 / Math.sqrt(N))
  })

  test.each([[[]], [['latent']], [['order', 0]]])(
    'createRng has first draws that are uniform over many seeds, with labels %j',
    labels => {
      const firsts = Array.from({ length: N }, (_, seed) => createRng(seed, ...labels)())
      expect(chiSquare(firsts)).toBeLessThan(LIMIT)
    },
  )

  test('createRng differs between seeds and between labels, and repeats itself for the same ones', () => {
    const distinct = fc.uniqueArray(
      fc.tuple(fc.integer({ min: 0, max: 0xffffffff }), fc.stringMatching(/^[a-z]{0,8}$/), fc.nat(1000)),
      { minLength: 2, maxLength: 2, selector: values => values.join() },
    )
    fc.assert(
      fc.property(distinct, ([a, b]) => {
        expect(take(createRng(...a), 4)).toEqual(take(createRng(...a), 4))
        expect(take(createRng(...a), 4)).not.toEqual(take(createRng(...b), 4))
      }),
    )
  })

  test.each([-1, 0.5, 2 ** 32, Number.NaN])('createRng refuses the seed %d', seed => {
    expect(() => createRng(seed)).toThrow(
      new RangeError(`seed: expected an integer from 0 to 4294967295, got ${seed}`),
    )
  })
})

describe('the normal quantile', () => {
  test.each([
    [0.5, 0],
    [0.75, 0.6744897501960817],
    [0.841344746068543, 1],
    [0.975, 1.959963984540054],
    [0.99, 2.3263478740408408],
    [0.999, 3.090232306167813],
    [1e-10, -6.361340902404056],
  ])('the normal quantile of %d is the published %d', (p, x) => {
    expect(Math.abs(normalQuantile(p) - x)).toBeLessThan(4e-15 * Math.max(1, Math.abs(x)))
  })

  // From the smallest uniform a stream can draw, 2^-54, through every branch of the approximation.
  test.each([2 ** -54, 1e-15, 1e-12, 1.3e-11, 1e-8, 1e-4, 0.01, 0.07, 0.0749, 0.0751, 0.2, 0.4, 0.5])(
    'the normal quantile of %d has that share of the density below it',
    p => {
      const x = normalQuantile(p)
      expect(Math.abs(densityBelow(x, 50_000) / p - 1)).toBeLessThan(1e-12)
    },
  )

  test('the normal quantile is symmetric to the bit', () => {
    for (let k = 1; k <= 53; k++) expect(normalQuantile(1 - 2 ** -k) + normalQuantile(2 ** -k)).toBe(0)
  })

  test.each([0, 1, -0.1, Number.NaN])('the normal quantile refuses %d', p => {
    expect(() => normalQuantile(p)).toThrow(new RangeError(`p: expected a number between 0 and 1, got ${p}`))
  })

  test('the normal quantile increases with p', () => {
    const probability = fc.double({ min: 2 ** -54, max: 1 - 2 ** -53, noNaN: true })
    fc.assert(
      fc.property(probability, probability, (a, b) => {
        if (a < b) expect(normalQuantile(a)).toBeLessThanOrEqual(normalQuantile(b))
      }),
    )
  })
})

test('normals have the moments and the distribution of the standard normal', () => {
  const values = Array.from(normals(createRng(11, 'normals'), new Float32Array(N)))
  // Moments 1 to 4 within four standard errors; E x⁸ − (E x⁴)² = 96.
  const expected = [
    [0, 1],
    [1, 2],
    [0, 15],
    [3, 96],
  ]
  expected.forEach(([moment, variance], k) => {
    const mean = values.reduce((sum, x) => sum + x ** (k + 1), 0) / N
    expect(Math.abs(mean - moment), `moment ${k + 1}`).toBeLessThan(4 * Math.sqrt(variance / N))
  })
  // Kolmogorov–Smirnov at 0.1%.
  const sorted = values.slice(0, 2000).sort((a, b) => a - b)
  const distance = Math.max(...sorted.map((x, i) => Math.abs(densityBelow(x) - (i + 0.5) / sorted.length)))
  expect(distance).toBeLessThan(1.95 / Math.sqrt(sorted.length))
})

test('a shuffle gives every order of four with equal frequency', () => {
  const uniform = createRng(2, 'shuffle')
  const counts = new Map<string, number>()
  const rounds = 24_000
  for (let i = 0; i < rounds; i++) {
    const order = shuffle(uniform, [0, 1, 2, 3]).join('')
    counts.set(order, (counts.get(order) ?? 0) + 1)
  }
  expect(counts.size).toBe(24)
  const statistic = [...counts.values()].reduce((sum, n) => sum + (n - rounds / 24) ** 2 / (rounds / 24), 0)
  // 23 degrees of freedom, 0.1%.
  expect(statistic).toBeLessThan(49.7)
  expect(shuffle(uniform, new Uint32Array([9]))).toEqual(new Uint32Array([9]))
})

/** The 0.1% point of χ² with 99 degrees of freedom. */
const LIMIT = 148.2

function chiSquare(values: number[]): number {
  const counts = new Float64Array(100)
  for (const value of values) counts[Math.floor(value * 100)]++
  const expected = values.length / 100
  return counts.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0)
}

function take(uniform: () => number, count: number): number[] {
  return Array.from({ length: count }, uniform)
}

/** The integral of the standard normal density up to x, by Simpson's rule from where it is negligible. */
function densityBelow(x: number, steps = 2000): number {
  if (x > 0) return 1 - densityBelow(-x, steps)
  const from = Math.min(x - 8, -9)
  const h = (x - from) / steps
  let total = 0
  for (let i = 0; i <= steps; i++) {
    const weight = i === 0 || i === steps ? 1 : i % 2 === 1 ? 4 : 2
    const z = from + i * h
    total += weight * Math.exp((-z * z) / 2)
  }
  return (total * h) / 3 / Math.sqrt(2 * Math.PI)
}
