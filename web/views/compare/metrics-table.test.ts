import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { Card, type Metric, type Objective } from '../../../models/card.ts'
import { metricRows } from './metrics-table.ts'

const readCard = (id: string) => Card.parse(JSON.parse(readFileSync(`models/zoo/${id}/card.json`, 'utf8')))
const grey = readCard('mnist-vae-l1-z64')
const binary = readCard('mnist-vae-w400x400-z40-iwae5-binary')

/** What every row of binary pixels says of itself. */
const BINARY = /, binary pixels$/
const LOSSES = /^(BCE|MSE|L1|KL|ELBO|ln p)/

test('losses on grey and on binary pixels stand in rows of their own', () => {
  const losses = metricRows([grey, binary]).filter(({ title }) => LOSSES.test(title))
  const [ofBinary, ofGrey] = [true, false].map(is => losses.filter(({ title }) => BINARY.test(title) === is))
  expect(ofGrey.length).toBeGreaterThan(3)
  expect(ofBinary.length).toBeGreaterThan(3)
  for (const { title, values } of ofGrey) expect(values, title).toEqual([expect.any(Number), undefined])
  for (const { title, values } of ofBinary) expect(values, title).toEqual([undefined, expect.any(Number)])
})

test('bounds on the likelihood share a row only for the same pixels, draws and number of images', () => {
  const bound = (change: Partial<Metric>): Card => ({
    ...grey,
    metrics: [
      {
        name: 'importanceBound',
        unit: 'nats per image',
        split: 'test',
        latent: 'sampled',
        images: 1000,
        samples: 50,
        pixels: 'binarized',
        value: -90,
        ...change,
      } as Metric,
    ],
  })
  const rows = (...changes: Partial<Metric>[]) =>
    metricRows(changes.map(bound)).filter(({ title }) => LOSSES.test(title))
  expect(rows({}, { value: -91 }).map(({ values }) => values)).toEqual([[-90, -91]])
  for (const change of [{ pixels: undefined }, { samples: 5000 }, { images: 500 }]) {
    expect(rows({}, change).map(({ values }) => values)).toEqual([
      [-90, undefined],
      [undefined, -90],
    ])
  }
})

test('ELBOs of models that are given the class stand apart from those of others', () => {
  const elbos = metricRows([grey, readCard('mnist-cvae-w512x320-z20-beta0.3')]).filter(({ title }) =>
    title.startsWith('ELBO'),
  )
  expect(elbos.map(({ title, values }) => [title, ...values.map(value => value !== undefined)])).toEqual([
    ['ELBO, z drawn', true, false],
    ['ELBO, z drawn, the class given', false, true],
  ])
})

test('ELBOs of models that were trained on other losses stand apart, those without their constant named so', () => {
  const trainedOn = (reconstruction: Objective['reconstruction']): Card => ({
    ...grey,
    objective: { ...grey.objective, reconstruction },
  })
  const cards = [grey, trainedOn('mse'), trainedOn('l1')]
  const elbos = metricRows(cards).filter(({ title }) => title.startsWith('ELBO'))
  expect(elbos.map(({ title, values }) => [title, ...values.map(value => value !== undefined)])).toEqual([
    ['ELBO, z drawn', true, false, false],
    ['ELBO of the squared error, up to a constant, z drawn', false, true, false],
    ['ELBO of the absolute error, up to a constant, z drawn', false, false, true],
  ])
})

test('judgements by the same judge share a row', () => {
  const frechet = metricRows([grey, binary]).filter(({ title }) => title === 'Fréchet distance')
  expect(frechet.map(({ values }) => values)).toEqual([[expect.any(Number), expect.any(Number)]])
})
