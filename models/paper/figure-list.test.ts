import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { fromHalf } from '../files/half.ts'
import { decodeSafetensors } from '../files/safetensors.ts'
import curves from './curves.json' with { type: 'json' }
import { FIGURES } from './figure-list.ts'
import { paperRows } from './paper-rows.ts'

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

test('the finding on latent sizes has the figures of the paper’s tables', () => {
  const [eight, most] = [8, 64].map(
    size => paperRows().find(row => row.table === 3 && row.id === `mnist-vae-l1-z${size}`)!.test.mean,
  )
  expect(found('latent-size-mnist')).toContain(`falls from ${eight.toFixed(3)} to ${most.toFixed(3)}`)
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
