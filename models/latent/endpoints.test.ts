import { describe, expect, test } from 'vitest'
import type { Card } from '../card.ts'
import {
  drawSamples,
  drawStyle,
  type LatentSpace,
  STYLE_TEMPERATURE,
  splitPoints,
  styleLatent,
  styleOfLatent,
} from './draws.ts'
import { locate, nameEndpoint, parseEndpoint } from './endpoints.ts'
import { walk } from './paths.ts'

const moments = (x: number, images: number) => ({
  images,
  mean: [x, -x],
  covariance: [
    [1, 0],
    [0, 1],
  ],
})
const mixture = (x: number, images: number) => ({
  weights: [0.5, 0.5],
  means: [
    [x, 0],
    [x, 1],
  ],
  factors: [
    [0.1, 0, 0.1],
    [0.2, 0.1, 0.1],
  ],
  images,
  heldOutImages: 1,
  heldOutLogLikelihood: 0,
})
const density: Card['density'] = {
  seed: 1,
  draws: 1,
  whole: mixture(0, 40),
  classes: [mixture(10, 10), mixture(20, 30)],
}
const plain: LatentSpace = {
  prior: { mean: [0, 0], variance: [1, 1] },
  latent: { whole: moments(0, 40), classes: [moments(1, 10), moments(2, 30)] },
  dataset: { classes: ['Coat', 'Bag'] },
}
const conditional: LatentSpace = { ...plain, density, architecture: { classes: 2 } }
const split = (points: Float32Array) => splitPoints(points, { latentDim: 2, classes: 2 })
const at = (text: string, space: LatentSpace) => Array.from(locate(parseEndpoint(text), space))

describe('an endpoint', () => {
  test.each([
    ['class:3@seed:5', { class: '3', style: { seed: 5 } }],
    ['class:a@b', { class: 'a@b' }],
    ['class:a@b@z:1,-2', { class: 'a@b', style: { z: [1, -2] } }],
    ['y:0.25,0.75@seed:1', { y: [0.25, 0.75], style: { seed: 1 } }],
  ])('parseEndpoint reads %s', (text, expected) => {
    expect(parseEndpoint(text)).toEqual(expected)
  })

  test.each(['y:1,0', 'eps:1,2', 'class:@seed:1', 'seed:5@seed:1', 'z:1,2@seed:1', 'style:1'])(
    'parseEndpoint refuses %s',
    text => {
      expect(() => parseEndpoint(text, 'from')).toThrow('from: expected ')
    },
  )

  test.each([
    ['class:0@seed:5', 'Coat in style 5'],
    ['class:bag', 'Bag'],
    ['y:0.5,0.5@z:1,2.345', 'classes (0.5, 0.5) in style (1, 2.35)'],
    ['seed:7', 'seed 7'],
    ['z:0.126,1', '(0.13, 1)'],
  ])('the title of the endpoint %s is %s', (text, name) => {
    expect(nameEndpoint(parseEndpoint(text), plain.dataset.classes)).toBe(name)
  })
})

describe('of a conditional model', () => {
  test('a seed gives the same eps in every class: z = mean + L·eps', () => {
    const [a, b] = drawStyle(conditional, 5)
    // The classes' covariances are I, their means (1, −1) and (2, −2).
    const near = (got: number[], expected: number[]) =>
      got.forEach((value, i) => {
        expect(value).toBeCloseTo(expected[i], 6)
      })
    near(at('class:Coat@seed:5', conditional), [1 + a, -1 + b, 1, 0])
    near(at('class:1@seed:5', conditional), [2 + a, -2 + b, 0, 1])
    near(at(`class:1@eps:${a},${b}`, conditional), [2 + a, -2 + b, 0, 1])
    near(at('y:0.25,0.75@seed:5', conditional), [1.75 + a, -1.75 + b, 0.25, 0.75])
    expect(drawStyle(conditional, 6)).not.toEqual(drawStyle(conditional, 5))
    near(Array.from(drawStyle(conditional, 5, 0)), [0, 0])
  })

  test('styleOfLatent inverts styleLatent, and is 0 along a direction without variance', () => {
    const correlated = {
      images: 1,
      mean: [1, 2, 3],
      covariance: [
        [4, 1, 0],
        [1, 2, 0],
        [0, 0, 0],
      ],
    }
    const z = styleLatent(correlated, [0.5, -1, 7])
    expect(z[2]).toBe(3)
    const eps = styleOfLatent(correlated, z)
    expect([...eps].map(value => value.toFixed(5))).toEqual(['0.50000', '-1.00000', '0.00000'])
  })

  test('a class by itself is its mean, coordinates take a class, and a seed is the first sample', () => {
    expect(at('class:Bag', conditional)).toEqual([2, -2, 0, 1])
    expect(at('class:Bag@z:0.5,1', conditional)).toEqual([0.5, 1, 0, 1])
    expect(at('seed:9', conditional)).toEqual(Array.from(drawSamples(conditional, { n: 1, seed: 9 })))
    expect(() => at('z:0,0', conditional)).toThrow('because this model reads a class')
    expect(() => at('class:Bag@z:0', conditional)).toThrow(
      'expected 2 numbers, one per latent dimension, got "1"',
    )
    expect(() => at('y:0.5,0.6@seed:1', conditional)).toThrow('expected 2 shares from 0 with the sum 1')
    expect(() => at('y:1@seed:1', conditional)).toThrow('expected 2 shares')
    expect(() => at('y:-1,2@seed:1', conditional)).toThrow('expected 2 shares')
  })

  test('a walk between classes of one style is the walk of their mixtures, also along slerp', () => {
    const stops = ['class:0@seed:5', 'class:1@seed:5'].map(text => locate(parseEndpoint(text), conditional))
    const straight = walk(stops, 5, 'lerp', conditional.prior)
    expect([...split(straight).y!]).toEqual([1, 0, 0.75, 0.25, 0.5, 0.5, 0.25, 0.75, 0, 1])
    const mixed = at('y:0.25,0.75@seed:5', conditional)
    for (let k = 0; k < 4; k++) expect(straight[3 * 4 + k]).toBeCloseTo(mixed[k], 6)
    const arc = split(walk(stops, 5, 'slerp', conditional.prior))
    expect([...arc.y!]).toEqual([1, 0, 0.75, 0.25, 0.5, 0.5, 0.25, 0.75, 0, 1])
  })
})

describe('of a model that is not conditional', () => {
  test('a class in a style is a point of its Gaussian, as sample draws it with the temperature of styles', () => {
    const options = { n: 1, seed: 5, class: 1, temperature: STYLE_TEMPERATURE }
    const sampled = drawSamples(plain, options)
    at('class:Bag@seed:5', plain).forEach((value, k) => {
      expect(value).toBeCloseTo(sampled[k], 5)
    })
    expect(at('class:Bag', plain)).toEqual([2, -2])
    expect(() => at('class:Bag@z:0,0', plain)).toThrow('because this model reads no class')
    expect(() => at('y:0.5,0.5@seed:1', plain)).toThrow('because this model reads no class')
  })
})

describe('samples', () => {
  test('samples come from the density if there is one, and a longer draw begins with the shorter', () => {
    const dense: LatentSpace = { ...plain, density }
    const drawn = drawSamples(dense, { n: 6, seed: 3, class: 1 })
    for (let i = 0; i < 6; i++) expect(Math.abs(drawn[2 * i] - 20)).toBeLessThan(1)
    expect(Array.from(drawSamples(dense, { n: 2, seed: 3, class: 1 }))).toEqual([...drawn.subarray(0, 4)])
    expect(Array.from(drawSamples(dense, { n: 2, seed: 3, from: 'prior' }))).toEqual(
      Array.from(drawSamples(plain, { n: 2, seed: 3 })),
    )
  })

  test('samples of a conditional model carry their class, drawn in proportion to its images', () => {
    for (const from of ['density', 'prior'] as const) {
      const { z, y } = split(drawSamples(conditional, { n: 2000, seed: 1, from }))
      const second = Array.from({ length: 2000 }, (_, i) => y![2 * i + 1])
      expect(second.reduce((a, b) => a + b) / 2000).toBeCloseTo(0.75, 1)
      if (from === 'density') {
        second.forEach((isSecond, i) => {
          expect(Math.abs(z[2 * i] - (isSecond ? 20 : 10))).toBeLessThan(1)
        })
      }
    }
    expect([...split(drawSamples(conditional, { n: 2, seed: 1, class: 1, from: 'prior' })).y!]).toEqual([
      0, 1, 0, 1,
    ])
  })

  test('samples of a conditional model equal the recorded bits', () => {
    expect(Array.from(drawSamples(conditional, { n: 2, seed: 7 }))).toEqual([
      19.96763038635254, 1.0035852193832397, 0, 1, 20.045190811157227, 0.972704291343689, 0, 1,
    ])
    expect(Array.from(drawSamples(conditional, { n: 2, seed: 7, from: 'prior' }))).toEqual([
      -1.2653032541275024, 0.8772038221359253, 0, 1, 0.4728143513202667, -0.510746955871582, 0, 1,
    ])
  })

  test('samples without a density, or of a class from the prior of an unconditional model, are refused', () => {
    expect(() => drawSamples(plain, { n: 1, seed: 1, from: 'density' })).toThrow('from: expected prior')
    expect(() => drawSamples(plain, { n: 1, seed: 1, class: 0, from: 'prior' })).toThrow(
      'because this model is not conditional',
    )
  })

  test('samples of a card whose density was left out are refused, rather than drawn from the prior', () => {
    const short: LatentSpace = { ...conditional, density: null }
    expect(() => drawSamples(short, { n: 1, seed: 1 })).toThrow('density: expected a card with it, got null')
    expect(drawSamples(short, { n: 1, seed: 1, from: 'prior' })).toEqual(
      drawSamples(conditional, { n: 1, seed: 1, from: 'prior' }),
    )
  })
})
