import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isValueError } from '../value-error.ts'
import { cholesky, classIndex, drawClass, drawPrior } from './draws.ts'
import { locate, parseEndpoint } from './endpoints.ts'
import { gridPoints, lerp, slerp, walk } from './paths.ts'
import { standardPrior } from './prior.ts'

const shifted = { mean: [5, 10], variance: [1, 9] }
const moments = {
  images: 10,
  mean: [1, -2],
  covariance: [
    [4, 1.2],
    [1.2, 1],
  ],
}
const space = {
  prior: shifted,
  latent: { whole: moments, classes: [moments, { ...moments, mean: [7, 7] }] },
  dataset: { classes: ['Coat', 'Bag'] },
}

/** Mean and covariance of rows of two numbers, by the textbook sums. */
function measure(z: Float32Array) {
  const n = z.length / 2
  const mean = [0, 1].map(k => z.reduce((sum, value, i) => (i % 2 === k ? sum + value / n : sum), 0))
  const covariance = [0, 1].map(j =>
    [0, 1].map(k => {
      let sum = 0
      for (let i = 0; i < n; i++) sum += (z[i * 2 + j] - mean[j]) * (z[i * 2 + k] - mean[k])
      return sum / n
    }),
  )
  return { mean, covariance }
}

describe('draws', () => {
  test('draws from the prior have its mean and its deviation times the temperature', () => {
    const { mean, covariance } = measure(drawPrior(shifted, 20_000, 3, 0.5))
    expect(mean[0]).toBeCloseTo(5, 1)
    expect(mean[1]).toBeCloseTo(10, 1)
    expect(covariance[0][0]).toBeCloseTo(0.25, 2)
    expect(covariance[1][1] / 9).toBeCloseTo(0.25, 2)
  })
  test('draws of a class have its mean and covariance', () => {
    const { mean, covariance } = measure(drawClass(moments, 20_000, 11))
    expect(mean[0]).toBeCloseTo(1, 1)
    expect(mean[1]).toBeCloseTo(-2, 1)
    expect(Math.abs(covariance[0][0] - 4)).toBeLessThan(0.12)
    expect(Math.abs(covariance[0][1] - 1.2)).toBeLessThan(0.06)
    expect(Math.abs(covariance[1][1] - 1)).toBeLessThan(0.03)
  })
  test('draws of one seed share a prefix for any length, and equal the mean at temperature 0', () => {
    expect(drawPrior(shifted, 100, 7).subarray(0, 6)).toEqual(drawPrior(shifted, 3, 7))
    expect(Array.from(drawPrior(shifted, 2, 7, 0))).toEqual([5, 10, 5, 10])
    expect(Array.from(drawClass(moments, 1, 7, 0))).toEqual([1, -2])
  })
  test('draws of one point are normal over consecutive seeds', () => {
    const firsts = Float32Array.from({ length: 10_000 }, (_, i) => {
      return drawPrior(standardPrior(2), 1, i >> 1)[i & 1]
    })
    const { mean, covariance } = measure(firsts)
    for (const k of [0, 1]) {
      expect(Math.abs(mean[k])).toBeLessThan(0.05)
      expect(Math.abs(covariance[k][k] - 1)).toBeLessThan(0.06)
    }
    expect(Math.abs(covariance[0][1])).toBeLessThan(0.05)
    const neighbours = firsts.slice(2).reduce((sum, value, i) => sum + value * firsts[i], 0) / 10_000
    expect(Math.abs(neighbours)).toBeLessThan(0.05)
    expect(firsts.reduce((most, value) => Math.max(most, Math.abs(value)))).toBeLessThan(5)
  })
  test('draws of one seed equal the recorded bits', () => {
    const bits = new Uint32Array(drawPrior(standardPrior(2), 2, 7).buffer)
    expect(Array.from(bits, b => b.toString(16))).toMatchInlineSnapshot(`
      [
        "bfa1f575",
        "3f60906e",
        "3ef214b9",
        "bf02c050",
      ]
    `)
  })
})

test('cholesky times its transpose is the covariance, also without full rank', () => {
  const vector = fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 3, maxLength: 3 })
  fc.assert(
    fc.property(fc.array(vector, { minLength: 1, maxLength: 4 }), rows => {
      const covariance = [0, 1, 2].map(i => [0, 1, 2].map(j => rows.reduce((s, r) => s + r[i] * r[j], 0)))
      const lower = cholesky(covariance)
      for (let i = 0; i < 3; i++) {
        for (let j = 0; j < 3; j++) {
          const product = [0, 1, 2].reduce((sum, k) => sum + lower[i][k] * lower[j][k], 0)
          expect(Math.abs(product - covariance[i][j])).toBeLessThan(1e-4)
        }
      }
    }),
    { examples: [[[[7.699904951046087e-162, 0, -2.999999999990898]]]] },
  )
})

describe('endpoints', () => {
  test('parseEndpoint reads every kind of endpoint from text', () => {
    expect(parseEndpoint('seed:7')).toEqual({ seed: 7 })
    expect(parseEndpoint('class:T-shirt/top')).toEqual({ class: 'T-shirt/top' })
    expect(parseEndpoint('z:0.5,-1.2e1')).toEqual({ z: [0.5, -12] })
  })
  test.each([
    '',
    'seed:',
    'seed:-1',
    'seed:4294967296',
    'seed:1.5',
    'z:',
    'z:1,,2',
    'z:1e99',
    'z:0x10',
    'zz:1',
  ])('parseEndpoint refuses %j, naming the field', text => {
    const error = refusal(() => parseEndpoint(text, 'from'))
    expect(error.field).toBe('from')
    expect(error.message).toMatch(/^from: expected .+, got /)
  })
  test('a class is resolved by its index or name, and a seed to its first draw', () => {
    expect(classIndex(space.dataset.classes, 'bag')).toBe(1)
    const letters = ['a', 'A', '10', 'b']
    expect(['a', 'A', '10', 'B', '3'].map(name => classIndex(letters, name))).toEqual([0, 1, 2, 3, 3])
    expect(() => classIndex(['aa', 'aA'], 'AA')).toThrow()
    expect([1, 2].map(index => classIndex(['1', '3', '26'], index))).toEqual([1, 2])
    expect(['1', '2', '3'].map(name => classIndex(['1', '3', '26'], name))).toEqual([0, 2, 1])
    expect(Array.from(locate({ class: 1 }, space))).toEqual([7, 7])
    expect(locate({ seed: 5 }, space)).toEqual(drawPrior(shifted, 1, 5))
    expect(refusal(() => locate({ class: 'Boat' }, space, 'to'))).toMatchObject({
      field: 'to',
      got: '"Boat"',
    })
    expect(refusal(() => locate({ z: [1] }, space)).expected).toContain('2 numbers')
    expect(refusal(() => classIndex([], 1)).expected).toContain('no classes')
  })
})

describe('ways', () => {
  test('lerp is the straight line', () => {
    expect(Array.from(lerp([0, 4], [2, 0], 0.25))).toEqual([0.5, 3])
  })
  test('slerp rotates at constant angular speed around the prior’s mean, in units of its deviation', () => {
    const at = slerp([6, 10], [5, 13], 1 / 3, shifted)
    expect(at[0]).toBeCloseTo(5 + Math.cos(Math.PI / 6), 6)
    expect(at[1]).toBeCloseTo(10 + 3 * Math.sin(Math.PI / 6), 6)
  })
  test('slerp equals lerp if the rotation is undefined', () => {
    expect(slerp([5, 10], [6, 13], 0.5, shifted)).toEqual(lerp([5, 10], [6, 13], 0.5))
    expect(slerp([6, 10], [3, 10], 0.5, shifted)).toEqual(lerp([6, 10], [3, 10], 0.5))
  })
  test('a walk passes each stop to the bit, ends included', () => {
    const stops = [1, 2, 3].map(seed => drawPrior(shifted, 1, seed))
    for (const path of ['lerp', 'slerp'] as const) {
      const points = walk(stops, 9, path, shifted)
      for (const [i, stop] of stops.entries()) expect(points.subarray(i * 8, i * 8 + 2)).toEqual(stop)
    }
  })
})

test('a grid spans ±range deviations of the prior, with y upwards, and leaves the other dimensions unchanged', () => {
  const prior = { mean: [0, 5, 10], variance: [1, 4, 9] }
  const points = gridPoints(prior, { size: 3, range: 2, dims: [2, 1], at: [0.5, 0, 0] })
  const row = (i: number) => Array.from(points.subarray(i * 3, i * 3 + 3))
  expect(row(0)).toEqual([0.5, 9, 4])
  expect(row(2)).toEqual([0.5, 9, 16])
  expect(row(4)).toEqual([0.5, 5, 10])
  expect(row(6)).toEqual([0.5, 1, 4])
})

/** The ValueError `action` throws. */
function refusal(action: () => unknown) {
  try {
    action()
  } catch (error) {
    if (isValueError(error)) return error
    throw error
  }
  throw new Error('expected a refusal')
}

test('a class without training images is refused by draws and as an endpoint', () => {
  const empty = {
    images: 0,
    mean: [0, 0],
    covariance: [
      [0, 0],
      [0, 0],
    ],
  }
  expect(() => drawClass(empty, 1, 1)).toThrow('class: expected a class that had training images')
  const space = {
    prior: { mean: [0, 0], variance: [1, 1] },
    latent: { whole: empty, classes: [empty] },
    dataset: { classes: ['rare'] },
  }
  expect(() => locate({ class: 'rare' }, space, 'from')).toThrow(
    'from: expected a class that had training images',
  )
})
