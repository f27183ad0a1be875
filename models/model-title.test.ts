import { expect, test } from 'vitest'
import { modelTitle } from './model-title.ts'

const VAE = { dataset: 'mnist', kind: 'vae', latentDim: 2 }

test.each([
  [{ ...VAE, id: 'mnist-vae-best' }, 'MNIST, VAE, two numbers'],
  [{ ...VAE, id: 'mnist-vae-l2-z2-beta10' }, 'MNIST, VAE, two numbers, two layers, β = 10'],
  [
    { ...VAE, id: 'mnist-vae-l2-z2-mean2x5-var3x1' },
    'MNIST, VAE, two numbers, two layers, prior around (2, 5), prior variance (3, 1)',
  ],
  [
    { ...VAE, id: 'mnist-vae-w400x400-z40-iwae5-binary', latentDim: 40 },
    'MNIST, VAE, 40 numbers, three layers, bound of 5 draws, pixels of 0 or 1',
  ],
  [
    {
      ...VAE,
      id: 'fashion-cvae-w512x320-z20-beta0.3',
      dataset: 'fashion-mnist',
      latentDim: 20,
      conditional: true,
    },
    'Fashion-MNIST, VAE, a class and 20 numbers, three layers, β = 0.3',
  ],
  [{ ...VAE, id: 'tab-1', title: 'My run' }, 'My run'],
  [{ ...VAE, id: 'wide', dataset: 'shoes' }, 'shoes, VAE, two numbers, wide'],
  [{ id: 'broken' }, 'broken'],
])('modelTitle of %j is "%s"', (model, title) => {
  expect(modelTitle(model)).toBe(title)
})
