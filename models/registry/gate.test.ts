import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { Card } from '../card.ts'
import { createRng, normals } from '../random.ts'
import type { Finding } from './finding.ts'
import { checkGate } from './gate.ts'
import type { MeasuredVersion, TestMeasurement } from './measured-version.ts'
import { comparePaired, studentQuantile } from './paired-test.ts'

const trained = Card.parse(JSON.parse(readFileSync(new URL('golden/card.json', import.meta.url), 'utf8')))
const card = vary({ bce: () => 0.2 }, trained)

/** The card with other test metrics. */
function vary(changes: Record<string, (value: number) => number>, of: Card = card): Card {
  const metrics = of.metrics.map(metric => {
    const change = metric.split === 'test' && changes[metric.name]
    return change && typeof metric.value === 'number' ? { ...metric, value: change(metric.value) } : metric
  })
  return { ...of, metrics }
}
/** What the gate says against a card beside another, both by their own figures. */
const failed = (candidate: Card, stable?: Card, tolerance?: number) =>
  complaints(checkGate(unmeasured(candidate), stable && unmeasured(stable), undefined, tolerance))
const unmeasured = (card: Card): MeasuredVersion => ({ card, measured: [] })
const complaints = (findings: Finding[]) =>
  findings.flatMap(({ passed, check, says }) => (passed ? [] : [`${check}: ${says}`]))

test('a trained model passes, alone and against itself', () => {
  expect(failed(trained, undefined)).toEqual([])
  expect(failed(trained, trained)).toEqual([])
  const metrics = checkGate(unmeasured(card), unmeasured(card)).filter(({ check }) => check === 'metric')
  // bce, mse and l1 at z = mu and sampled, and the ELBO at z sampled.
  expect(metrics.length).toBe(7)
})
test('the gate lets a metric be worse by the tolerance and no more; a better one never fails', () => {
  expect(failed(vary({ bce: v => v * 1.019 }), card)).toEqual([])
  expect(failed(vary({ bce: v => v * 1.021 }), card)[0]).toMatch(
    /^metric: test bce at z mu: expected at most 2% worse than 0\.20000, got 0\.20420 \(2\.10% worse\)$/,
  )
  expect(failed(vary({ bce: v => v * 1.021 }), card, 3)).toEqual([])
  expect(failed(vary({ bce: v => v * 0.5, mse: v => v * 0.5 }), card)).toEqual([])
})
test('a higher elbo is better, though it is negative', () => {
  expect(failed(vary({ elbo: v => v * 0.9 }), card)).toEqual([])
  expect(failed(vary({ elbo: v => v * 1.1 }), card).length).toBe(1)
})
test('the gate refuses a metric that is not a number', () => {
  expect(failed(vary({ mse: () => Number.NaN }), card).length).toBe(2)
})
test('a newly collapsed dimension fails; one that was collapsed before does not', () => {
  const collapsed = vary({ activeUnits: () => 1 })
  expect(failed(collapsed, card)).toEqual([
    'collapse: collapsed latent dimensions: expected at most 0, as before, got 1',
  ])
  expect(failed(collapsed, collapsed)).toEqual([])
  expect(failed(card, collapsed)).toEqual([])
})
test('parity must have been measured in every runtime, and be within the bound of the precision', () => {
  const parity = { images: 64, maxAbsDifference: { 'onnxruntime-node': 0.03, typescript: 0.001 } }
  expect(failed({ ...card, parity }, undefined)).toEqual([
    'parity: onnxruntime-node: expected at most 0.02 from TF.js (fp16), got 0.0300',
    'parity: onnxruntime-web: expected at most 0.02 from TF.js (fp16), got no comparison',
  ])
})
test('models of other data or shape, and models measured in another way, are not compared', () => {
  const other = { ...card, dataset: { ...card.dataset, name: 'fashion-mnist' } }
  expect(failed(other, card)).toEqual([
    expect.stringMatching(/^comparable: data: expected mnist, as clients of .* know it, got fashion-mnist/),
  ])
  expect(failed({ ...card, metrics: [] }, card)).toEqual([
    expect.stringMatching(/^comparable: expected a test metric/),
  ])
})

test.each<[string, (card: Card) => Card, RegExp]>([
  [
    'other names of as many classes',
    c => ({ ...c, dataset: { ...c.dataset, classes: [...'abcdefghij'] } }),
    /classes: expected 0, 1, .* got a, b/,
  ],
  [
    'another kind',
    c => ({ ...c, architecture: { ...c.architecture, kind: 'ae' } }),
    /kind: expected vae, .* got ae/,
  ],
  [
    'another prior',
    c => ({ ...c, prior: { ...c.prior, mean: [5, 10] } }),
    /prior: expected mean 0 0, variance 1 1, .* got mean 5 10/,
  ],
  [
    'another latent size',
    c => ({ ...c, architecture: { ...c.architecture, latentDim: 3 } }),
    /latent: expected 2 dimensions/,
  ],
])('a version with %s is not comparable', (_, change, message) => {
  expect(failed(change(card), card)).toEqual([expect.stringMatching(message)])
})

/** Losses of 400 images as if measured: `level` on average, images differing by a third, versions by 5% an image. */
function measure(level: number, version: number, changes: Partial<TestMeasurement> = {}): TestMeasurement {
  const count = changes.images ?? 400
  const images = normals(createRng(1, 'images'), new Float32Array(count))
  const noise = normals(createRng(version, 'version'), new Float32Array(count))
  const losses = (scale: number) =>
    Float64Array.from(images, (value, i) => scale * level * (1 + value / 3 + noise[i] / 20))
  const all = { bce: losses(1), mse: losses(0.2), l1: losses(0.3), kl: losses(20) }
  return { testSet: 'a', images: count, losses: all, activeUnits: 2, shuffledMse: 0.06, ...changes }
}
const measured = (level: number, version: number, changes?: Partial<TestMeasurement>): MeasuredVersion => ({
  card: { ...card, version: String(version).padStart(12, '0') },
  measured: [measure(level, version, changes)],
})
const metrics = (...args: Parameters<typeof checkGate>) =>
  complaints(checkGate(...args).filter(({ check }) => check !== 'measured' && check !== 'parity'))

test('versions are compared image by image: twenty equally good ones pass, one worse by 3% does not', () => {
  const stable = measured(0.2, 0)
  for (let version = 1; version <= 20; version++) expect(metrics(measured(0.2, version), stable)).toEqual([])
  expect(metrics(measured(0.2 * 1.03, 1), stable)[0]).toMatch(
    /^metric: test bce \+ kl in nats over 400 images: expected at most 2% worse than \d+\.\d+, got \d+\.\d+ \([23]\.\d+% worse\)$/,
  )
  expect(metrics(measured(0.2 * 0.9, 1), stable)).toEqual([])
  expect(metrics(measured(Number.NaN, 1), stable).length).toBeGreaterThan(0)
})

test('a difference on few images may be chance: the version passes with a remark', () => {
  const few = (...bce: number[]): MeasuredVersion => {
    const losses = {
      bce: Float64Array.from(bce),
      mse: new Float64Array(4).fill(0.01),
      l1: new Float64Array(4).fill(0.1),
    }
    return { card, measured: [{ ...measure(0.2, 0), images: 4, losses }] }
  }
  const findings = checkGate(few(1.2, 1.9, 3.3, 4), few(1, 2, 3, 4)).filter(({ check }) => check === 'metric')
  expect(complaints(findings)).toEqual([])
  expect(findings[0].says).toMatch(/got 2038\.4 \(4\.00% worse, which may be chance\)$/)
})

test('several promotions, each a little worse, do not add up: the best version before them is the floor', () => {
  const [best, worse, worst] = [measured(0.2, 0), measured(0.2 * 1.019, 0), measured(0.2 * 1.019 ** 2, 0)]
  best.card = { ...card, version: 'b'.repeat(12) }
  expect(metrics(worse, best, best)).toEqual([])
  expect(metrics(worst, worse)).toEqual([])
  expect(metrics(worst, worse, best)[0]).toMatch(/^floor: .* of the floor b{12}, got .* \(3\.84% worse\)$/)
})

test('the gate names figures of a card that differ from those measured on its files', () => {
  const stated = vary({ bce: () => 0.1 }, trained)
  const one = { card: stated, measured: [measure(0.2, 1, { images: 10_000 })] }
  expect(complaints(checkGate(one, undefined))).toContainEqual(
    expect.stringMatching(
      /^measured: test bce at z mu: expected 0\.19\d+, as measured on its files, got 0\.10000 in its card$/,
    ),
  )
})

test('a first version that has collapsed does not pass', () => {
  const first = (changes: Partial<TestMeasurement>) => metrics(measured(0.2, 1, changes), undefined)
  expect(first({})).toEqual([])
  expect(first({ activeUnits: 0 })).toEqual([
    'collapse: active latent dimensions: expected at least 1, got 0',
  ])
  expect(first({ shuffledMse: 0.0391 })[0]).toMatch(
    /^collapse: test mse: expected it below 0\.039100, that of reconstructions of other images, got 0\.039/,
  )
})

test('a single test image does not say whether a version has collapsed', () => {
  const single = { images: 1, activeUnits: 0, shuffledMse: Number.NaN }
  expect(metrics(measured(0.2, 1, single), undefined)).toEqual([])
})

test('two versions are compared on every test set that both were measured on', () => {
  const both = (a: number, b: number, version: number): MeasuredVersion => ({
    card: { ...card, version: String(version).padStart(12, '0') },
    measured: [measure(a, version), measure(b, version + 1, { testSet: 'b', images: 399 })],
  })
  expect(metrics(both(0.2, 0.2, 2), both(0.2, 0.2, 4))).toEqual([])
  const found = metrics(both(0.2, 0.3, 2), both(0.2, 0.2, 4))
  expect(found.every(line => line.includes('over 399 images'))).toBe(true)
  expect(found.length).toBe(1)
})

test('test images that one of two versions was trained on are not compared, and most of them must remain', () => {
  const [stable, candidate] = [measured(0.2, 1), measured(0.2, 2)]
  const { losses } = candidate.measured[0]
  // Far better on the first 150 of 400 images, and worse by a tenth on the others.
  const memorised = losses.bce.map((loss, i) => (i < 150 ? loss / 10 : loss * 1.1))
  const trainedOn = (most: number, bce: Float64Array<ArrayBufferLike> = memorised): MeasuredVersion => ({
    ...candidate,
    measured: [
      {
        ...candidate.measured[0],
        losses: { ...losses, bce },
        isTrained: Array.from({ length: 400 }, (_, i) => i < most),
      },
    ],
  })
  expect(metrics(trainedOn(0), stable)).toEqual([])
  expect(metrics(trainedOn(150), stable)[0]).toMatch(
    /^metric: test bce \+ kl in nats over 250 images: .* \(9\.\d+% worse\)$/,
  )
  expect(metrics(trainedOn(201, losses.bce), stable)[0]).toMatch(
    /^comparable: expected at least half of 400 test images to be new to both versions, got 199/,
  )
})

test("Student's quantiles are those of published tables", () => {
  // Abramowitz and Stegun, table 26.10: t for a one-sided 0.001.
  for (const [degrees, t] of [
    [5, 5.893],
    [10, 4.144],
    [30, 3.385],
    [120, 3.16],
  ]) {
    expect(Math.abs(studentQuantile(0.999, degrees) / t - 1)).toBeLessThan(0.01)
  }
})

test('comparePaired calls equal versions different no more often than it says', () => {
  let alarms = 0
  for (let run = 0; run < 4000; run++) {
    const draw = normals(createRng(run, 'aa'), new Float32Array(60))
    const before = Float64Array.from({ length: 30 }, (_, i) => 10 + draw[i])
    const now = Float64Array.from({ length: 30 }, (_, i) => 10 + draw[30 + i])
    if (comparePaired(before, now, 0).significant) alarms++
  }
  expect(alarms / 4000).toBeLessThan(0.015)
})
