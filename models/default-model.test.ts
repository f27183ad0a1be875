import { expect, test } from 'vitest'
import { firstModel } from './default-model.ts'

test('firstModel prefers a planar VAE of digits among the available models', () => {
  const frey = { id: 'frey', available: true, dataset: 'frey', kind: 'vae', latentDim: 2 }
  const digits = { id: 'digits', available: true, dataset: 'mnist', kind: 'vae', latentDim: 2 }
  const ae = { id: 'ae', available: true, dataset: 'mnist', kind: 'ae', latentDim: 2 }
  expect(firstModel([ae, frey, digits])?.id).toBe('digits')
  expect(firstModel([ae, frey, { ...digits, available: false }])?.id).toBe('frey')
  expect(firstModel([{ id: 'gone', available: false }, ae])?.id).toBe('ae')
  expect(firstModel([digits, { ...digits, id: 'digits-best' }])?.id).toBe('digits-best')
  expect(firstModel([{ ...frey, id: 'frey-best' }, digits])?.id).toBe('digits')
  expect(firstModel([])).toBeUndefined()
})

test('firstModel prefers a conditional model to any other, of digits if there is one', () => {
  const planar = { id: 'digits-best', dataset: 'mnist', kind: 'vae', latentDim: 2 }
  const clothes = { id: 'clothes', dataset: 'fashion-mnist', kind: 'vae', latentDim: 20, conditional: true }
  const digits = { ...clothes, id: 'digits', dataset: 'mnist' }
  expect(firstModel([planar, clothes])?.id).toBe('clothes')
  expect(firstModel([clothes, planar, digits])?.id).toBe('digits')
})
