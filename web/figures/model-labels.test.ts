import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Card } from '../../models/card.ts'
import { FIGURES } from '../../models/paper/figure-list.ts'
import { classesOf, labels, missing, parseName } from './model-labels.ts'

const idsOf = (slug: string) => FIGURES.find(figure => figure.slug === slug)!.models

test('every id of the paper’s figures says what it is', () => {
  for (const id of FIGURES.flatMap(({ models, curves = [] }) => [...models, ...curves])) {
    expect(parseName(id), id).toMatchObject({ dataset: expect.stringMatching(/^(mnist|fashion|frey)$/) })
  }
  expect(parseName('mnist-vae-l2-z2-mean2x5-var3x1')).toEqual({
    dataset: 'mnist',
    kind: 'vae',
    layers: 2,
    latentDim: 2,
    beta: 1,
    mean: [2, 5],
    variance: [3, 1],
  })
  expect(parseName('mnist-vae-l2-z2-beta0.02')?.beta).toBe(0.02)
  expect(parseName('leaves')).toBeUndefined()
})

test('models are called by what tells them apart', () => {
  const called = (slug: string) => [...labels(idsOf(slug)).values()]
  expect(called('priors')).toEqual(['N(0, I)', 'N((5, 10), I)', 'N(0, diag(1, 3))', 'N((2, 5), diag(3, 1))'])
  expect(called('betas')).toEqual(['β = 0.02', 'β = 1', 'β = 1.5', 'β = 10'])
  expect(called('latent-mnist')).toEqual(['AE', 'VAE'])
  expect(called('generated')[2]).toBe('AE, FreyFace, 5 layers')
  expect(called('depth-mnist').slice(0, 2)).toEqual(['AE, 1 layer', 'AE, 2 layers'])
  expect([...labels(['one-model', 'leaves']).values()]).toEqual(['one-model', 'leaves'])
})

test('the models a figure lacks are named, in runs', () => {
  const ids = idsOf('depth-fashion')
  const present = ids.filter(id => /-l[126]-/.test(id) || id === 'fashion-vae-l4-z2')
  expect(missing(ids, new Set(present))).toBe('AE of 3–5, 7, 8 layers; VAE of 3, 5, 7, 8 layers')
  expect(missing(ids, new Set(ids))).toBe('')
  expect(missing(idsOf('latent-mnist'), new Set(['mnist-vae-l2-z2']))).toBe('AE')
  expect(missing(idsOf('betas'), new Set(['mnist-vae-l2-z2']))).toBe('β = 0.02, β = 1.5, β = 10')
  expect(missing(idsOf('generated'), new Set(['mnist-ae-l2-z2', 'mnist-vae-l2-z2']))).toBe(
    'AE of Fashion-MNIST, 3 layers and FreyFace, 5 layers; VAE of Fashion-MNIST, 3 layers and FreyFace, 5 layers',
  )
  expect(missing(idsOf('latent-size-mnist'), new Set(['mnist-ae-l1-z2']))).toBe(
    'AE of 8, 64 numbers; VAE of 2, 8, 64 numbers',
  )
})

test.each(['mnist-vae-l2-z2', 'fashion-vae-l4-z2', 'frey-vae-l5-z2-mse'])(
  'the classes of %s are its card’s',
  id => {
    const card = JSON.parse(readFileSync(`models/zoo/${id}/card.json`, 'utf8')) as Card
    expect(classesOf(id)).toEqual(card.dataset.classes)
  },
)
