import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import type { Card } from '../../models/card.ts'
import { FIGURES } from '../../models/paper/figure-list.ts'
import { classesOf, identify, labels, missing } from './model-labels.ts'

const idsOf = (slug: string) => FIGURES.find(figure => figure.slug === slug)!.models

test('identify reads every id of the paper’s figures', () => {
  for (const id of FIGURES.flatMap(({ models, curves = [] }) => [...models, ...curves])) {
    expect(identify(id), id).toMatchObject({
      data: expect.stringMatching(/^(mnist|fashion-mnist|freyface)$/),
    })
  }
  expect(identify('leaves')).toBeUndefined()
})

test('labels read exponents and negative numbers', () => {
  const ids = ['mnist-vae-l2-z2-beta1em7', 'mnist-vae-l2-z2-meanm1x2']
  expect([...labels(ids).values()]).toEqual(['β = 1e-7, N(0, I)', 'β = 1, N((−1, 2), I)'])
})

test('labels give the parts in which models differ', () => {
  const called = (slug: string) => [...labels(idsOf(slug)).values()]
  expect(called('priors')).toEqual(['N(0, I)', 'N((5, 10), I)', 'N(0, diag(1, 3))', 'N((2, 5), diag(3, 1))'])
  expect(called('betas')).toEqual(['β = 0.02', 'β = 1', 'β = 1.5', 'β = 10'])
  expect(called('latent-mnist')).toEqual(['AE', 'VAE'])
  expect(called('generated')[2]).toBe('AE, FreyFace, 5 layers')
  expect(called('depth-mnist').slice(0, 2)).toEqual(['AE, 1 layer', 'AE, 2 layers'])
  expect([...labels(['one-model', 'leaves']).values()]).toEqual(['one-model', 'leaves'])
})

test('missing names absent models, neighbouring numbers as a range', () => {
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
  'the classes of %s are those of its card',
  id => {
    const card = JSON.parse(readFileSync(`models/zoo/${id}/card.json`, 'utf8')) as Card
    expect(classesOf(id)).toEqual(card.dataset.classes)
  },
)
