import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { fromHalf } from '../files/half.ts'
import { decodeSafetensors } from '../files/safetensors.ts'
import curves from './curves.json' with { type: 'json' }
import { FIGURES } from './figure-list.ts'
import { paperRows } from './paper-rows.ts'
import report from './report.json' with { type: 'json' }

/* The findings are sentences written after looking at the figures. Their numbers are computed here again. */

const found = (slug: string) => FIGURES.find(figure => figure.slug === slug)!.found
const percent = (share: number) => `${Math.round(100 * share)}%`

/** The epoch of least validation loss, and the losses there and at the end. */
function course(name: keyof typeof curves) {
  const points = (curves[name] as [epoch: number, train: number, validation: number][]).map(
    ([epoch, train, validation]) => ({ epoch, train, validation }),
  )
  const best = points.reduce((a, b) => (b.validation < a.validation ? b : a))
  return { points, best, last: points.at(-1)! }
}

test('the finding on overfitting has the epochs and shares of the committed curves', () => {
  const fashion = course('fashion-ae-l2-z2-paper')
  expect(found('overfitting')).toContain(
    `after ${fashion.best.epoch} of ${fashion.last.epoch} epochs the validation loss is lowest, ` +
      `${percent(fashion.best.validation / fashion.best.train - 1)} above the training loss`,
  )
  const { best, last } = course('frey-ae-l4-z2-mse-paper')
  expect(found('overfitting')).toContain(
    `from epoch ${best.epoch} its validation loss rises by ${percent(last.validation / best.validation - 1)} ` +
      `while its training loss falls by ${percent(1 - last.train / best.train)}`,
  )
})

test('the finding on the curves of linear AEs has the shares of the committed curves', () => {
  const text = FIGURES.find(({ models }) => models.join() === 'mnist-ae-l1-z2,frey-ae-l1-z2-mse')!.found
  const mnist = course('mnist-ae-l1-z2')
  const flat = Number(/flat after (\d+) epochs/.exec(text)![1])
  const from = mnist.points.find(({ epoch }) => epoch >= flat)!
  expect(1 - mnist.last.validation / from.validation).toBeLessThan(0.001)
  const { last } = course('frey-ae-l1-z2-mse')
  expect(text).toContain(`levels off ${percent(last.validation / last.train - 1)} above its training loss`)
})

const paperTest = (table: number, id: string) =>
  paperRows().find(row => row.table === table && row.id === id)!.test.mean
const oursTest = (id: string) => report.rows.find(row => row.table === 3 && row.id === id)!.ours!.test.mean
const fall = (from: number, to: number) => percent(1 - to / from)

test('the finding on latent sizes has the falls of the BCE in our table and in the paper’s', () => {
  const text = found('latent-size-mnist')
  const [ae, vae] = ['ae', 'vae'].map(kind => [8, 64].map(size => `mnist-${kind}-l1-z${size}`))
  const falls = (read: (id: string) => number) => [ae, vae].map(([from, to]) => fall(read(from), read(to)))
  const ours = falls(oursTest)
  expect(text).toContain(`our AE’s test BCE falls by ${ours[0]}, our VAE’s by ${ours[1]}`)
  expect(text).toContain(`by ${falls(id => paperTest(3, id)).join(' and ')}`)
})

test('where the paper’s text does not describe a figure, its tables are quoted as they are printed', () => {
  const series = (table: number, kind: string, stem: string, end = '') => {
    const [first, ...rest] = [2, 8, 64].map(size => paperTest(table, `${stem}-${kind}-l1-z${size}${end}`))
    return `from ${first.toFixed(3)} to ${rest.map(value => value.toFixed(3)).join(' and ')}`
  }
  for (const [slug, table, stem, end] of [
    ['latent-size-fashion', 3, 'fashion', ''],
    ['latent-size-frey', 4, 'frey', '-mse'],
  ] as const) {
    const { paper } = FIGURES.find(figure => figure.slug === slug)!
    expect(paper).toContain(
      `the AE’s test ${table === 3 ? 'BCE' : 'MSE'} falls ${series(table, 'ae', stem, end)}`,
    )
    expect(paper).toContain(`the VAE’s ${series(table, 'vae', stem, end)}`)
  }
  const said = (slug: string) => FIGURES.find(figure => figure.slug === slug)!.paper
  const layers = [1, 2, 3, 4, 5, 6, 7, 8]
  const lowest = (kind: string) =>
    layers.toSorted(
      (a, b) => paperTest(6, `mnist-${kind}-l${a}-z2`) - paperTest(6, `mnist-${kind}-l${b}-z2`),
    )[0]
  expect(said('depth-mnist')).toContain(
    `lowest with ${lowest('ae')} layers for the AE and with ${lowest('vae')} for the VAE`,
  )
  for (const deep of [4, 5, 6, 7, 8]) expect(paperTest(6, `frey-vae-l${deep}-z2-mse`)).toBe(0.629)
  expect(said('depth-frey')).toContain('one and the same test BCE, 0.629')
})

test('the finding on the deep AE is true of its latents: ones alone lie as far out as it says', () => {
  const far = Number(/ones alone reach (\d+) units away/.exec(found('deep-ae'))![1])
  const { mu, label } = decodeSafetensors(
    new Uint8Array(readFileSync('models/zoo/mnist-ae-l6-z2/latents.safetensors')),
  ).tensors
  const z = fromHalf(mu.data as Uint16Array)
  const classes = Array.from(label.data as Uint8Array)
  const beyond = classes.filter((_, i) => Math.hypot(z[2 * i], z[2 * i + 1]) > far)
  expect([...new Set(beyond)]).toEqual([1])
})
