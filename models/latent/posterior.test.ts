import { expect, test } from 'vitest'
import { drawPosterior } from './posterior.ts'

test('drawPosterior moves and scales eps by mu and sigma, repeating the posteriors for further draws', () => {
  const mu = Float32Array.of(1, -2)
  const logvar = Float32Array.of(0, 2 * Math.log(3))
  expect(Array.from(drawPosterior(mu, logvar, Float32Array.of(0.5, 1, -1, 0)))).toEqual([1.5, 1, 0, -2])
})
