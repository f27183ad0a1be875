import { expect, test } from 'vitest'
import { standardPrior } from '../../models/latent/prior.ts'
import { initialParameters, parameterShapes } from './parameters.ts'

const architecture = { kind: 'vae', inputDim: 12, latentDim: 2, layers: 2, output: 'sigmoid' } as const

test('initialParameters for a shifted prior move mu by its mean and leave the decoder’s outputs as they were', () => {
  const standard = initialParameters(architecture, 7, standardPrior(2))
  const shifted = initialParameters(architecture, 7, { mean: [5, 10], variance: [1, 3] })
  for (const { name } of parameterShapes(architecture)) {
    if (name === 'mu/bias' || name === 'decoder_1/bias') continue
    expect(shifted[name], name).toEqual(standard[name])
  }
  expect([...shifted['mu/bias']]).toEqual([5, 10])
  // Before its ReLU, the decoder's first layer at mean + d is what it is at d.
  const at = (parameters: typeof standard, z: number[], unit: number) =>
    parameters['decoder_1/bias'][unit] +
    z.reduce((sum, value, i) => sum + value * parameters['decoder_1/kernel'][i * 7 + unit], 0)
  for (let unit = 0; unit < 7; unit++) {
    expect(at(shifted, [5.3, 8.8], unit)).toBeCloseTo(at(standard, [0.3, -1.2], unit), 5)
  }
})

test('with the standard prior all biases are 0, and never −0', () => {
  const parameters = initialParameters(architecture, 7, standardPrior(2))
  for (const { name } of parameterShapes(architecture)) {
    if (name.endsWith('/bias')) expect([...parameters[name]].every(value => Object.is(value, 0))).toBe(true)
  }
})
