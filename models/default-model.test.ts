import { expect, test } from 'vitest'
import { chooseDefaultModel } from './default-model.ts'

test('chooseDefaultModel prefers a planar VAE of digits among the available models', () => {
  const frey = { id: 'frey', available: true, dataset: 'frey', kind: 'vae', latentDim: 2 }
  const digits = { id: 'digits', available: true, dataset: 'mnist', kind: 'vae', latentDim: 2 }
  const ae = { id: 'ae', available: true, dataset: 'mnist', kind: 'ae', latentDim: 2 }
  expect(chooseDefaultModel([ae, frey, digits])?.id).toBe('digits')
  expect(chooseDefaultModel([ae, frey, { ...digits, available: false }])?.id).toBe('frey')
  expect(chooseDefaultModel([{ id: 'gone', available: false }, ae])?.id).toBe('ae')
  expect(chooseDefaultModel([digits, { ...digits, id: 'digits-best' }])?.id).toBe('digits-best')
  expect(chooseDefaultModel([{ ...frey, id: 'frey-best' }, digits])?.id).toBe('digits')
  expect(chooseDefaultModel([])).toBeUndefined()
})

test('chooseDefaultModel prefers a conditional model to any other, of digits if there is one', () => {
  const planar = { id: 'digits-best', dataset: 'mnist', kind: 'vae', latentDim: 2 }
  const clothes = { id: 'clothes', dataset: 'fashion-mnist', kind: 'vae', latentDim: 20, conditional: true }
  const digits = { ...clothes, id: 'digits', dataset: 'mnist' }
  expect(chooseDefaultModel([planar, clothes])?.id).toBe('clothes')
  expect(chooseDefaultModel([clothes, planar, digits])?.id).toBe('digits')
})
