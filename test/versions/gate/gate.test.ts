import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { readChannel } from '../../../export/registry/channels.ts'
import { readModelFolder } from '../../../export/registry/read-folder.ts'
import type { Card, Metric } from '../../../models/card.ts'
import { testSetKey } from '../../../models/registry/keys.ts'
import { openGround } from './ground.ts'

const ground = openGround()
const { promote, model, bucket } = ground
let data: string
let good: string
const id = 'blobs-vae-l1-z2'
beforeAll(async () => {
  vi.spyOn(console, 'log').mockImplementation(() => {})
  data = ground.data(300)
  good = await model(data, 'good')
})
afterAll(() => ground.close())

const halve = (metric: Metric): Metric =>
  metric.split === 'test' && typeof metric.value === 'number'
    ? { ...metric, value: metric.value / 2 }
    : metric

test('a first version that has collapsed is refused', async () => {
  const collapsed = await model(data, 'collapsed', { beta: 1000 })
  expect(await promote(collapsed, card => ({ ...card, id: 'collapsed' }))).toMatch(
    /collapse: active latent dimensions: expected at least 1, got 0/,
  )
})

test('an equally good version and one of grown data pass; a worse one and one of other data do not', async () => {
  // A version is never changed: frauds need files of their own.
  const fresh = (seed: number, choices = {}) => model(data, `fresh-${seed}`, { seed, ...choices })
  expect(await promote(good)).toBe('')
  expect(await promote(await fresh(2))).toBe('')
  const grown = await model(ground.data(330, 'grown'), 'grown', { seed: 3 })
  expect(await promote(grown)).toBe('')
  const { channel } = await readChannel(bucket, id)
  expect(channel!.history.length).toBe(3)
  expect(channel!.history[2]).toMatchObject({
    by: 'test',
    commit: expect.stringMatching(/^[0-9a-f]{40}/),
    data: (await readModelFolder(grown)).card.dataset.identity!.sha256,
  })

  expect(await promote(await fresh(4, { epochs: 3 }))).toMatch(
    /metric: test bce \+ kl in nats over \d+ images/,
  )
  const fraud = await fresh(5)
  const bare = (card: Card) => {
    const { identity: _, ...dataset } = card.dataset
    return { ...card, dataset }
  }
  const frauds: [change: (card: Card) => Card, message: RegExp][] = [
    [
      c => ({ ...c, metrics: c.metrics.map(halve) }),
      /measured: test bce at z mu: expected 0\.\d+, as measured on its files, got/,
    ],
    [
      c => ({ ...c, dataset: { ...c.dataset, classes: ['a', 'b', 'c'] } }),
      /comparable: classes: expected 0, 1, 2, .* got a, b, c/,
    ],
    [
      c => ({ ...c, prior: { ...c.prior, variance: [1, 3] } }),
      /comparable: prior: expected mean 0 0, variance 1 1/,
    ],
    [bare, /measured: expected a card that identifies its data/],
  ]
  for (const [change, message] of frauds) {
    // Each needs a bucket that does not have the card of the fraud before.
    expect(await promote(fraud, change)).toMatch(message)
    const { card } = await readModelFolder(fraud)
    await bucket.remove(`models/${id}/${card.version}/card.json`)
  }
  const own = channel!.stable
  expect((await readChannel(bucket, id)).channel!.stable).toBe(own)
})

test('missing and changed test images are reported', async () => {
  const next = await model(data, 'next', { seed: 8 })
  const { card } = await readModelFolder(next)
  expect(await promote(next)).toBe('')
  const key = testSetKey(card.dataset.identity!.test.sha256)
  const kept = (await bucket.get(key))!.bytes
  const other = await model(data, 'other', { seed: 9 })
  await bucket.put(
    key,
    kept.map((byte, i) => (i === kept.length - 1 ? byte ^ 1 : byte)),
  )
  await expect(promote(other)).rejects.toThrow(
    /expected test images with SHA-256 [0-9a-f]{64}, got [0-9a-f]{64}/,
  )
  await bucket.put(key, kept)
  expect(await promote(other)).toBe('')
})
