import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { listVersions } from '../../export/registry/list-versions.ts'
import { rollBackModel } from '../../export/registry/promote.ts'
import { openFolder } from '../../export/registry/stores/folder.ts'
import { checkVersion } from '../../models/registry/version.ts'
import { encodeIdx } from '../data/idx.ts'
import { chooseRun } from '../fit/choices.ts'
import { type Choices, defaultChoices } from '../fit/run-options.ts'
import { canaryStep, directoryOf, exportStep, pushStep, trainStep, type Work } from './steps.ts'

let root: string
const said: string[] = []
const say = (line: string) => void said.push(line)
const options = { share: 20, tolerance: 1e6, force: false, zoo: '/nowhere', by: 'test' }

/** 60 images of 6 × 6 pixels, a spot at another place in each. */
const spots = Uint8Array.from({ length: 60 * 36 }, (_, i) => {
  const [image, row, column] = [Math.floor(i / 36), Math.floor(i / 6) % 6, i % 6]
  return 255 * Math.exp(-((row - (image % 6)) ** 2 + (column - (image % 5)) ** 2) / 3)
})

beforeAll(async () => {
  // The training display's lines.
  vi.spyOn(console, 'log').mockImplementation(() => {})
  root = await mkdtemp(join(tmpdir(), 'retrain-'))
  await writeFile(join(root, 'spots'), encodeIdx({ dims: [60, 6, 6], data: spots }))
})
afterAll(() => rm(root, { recursive: true, force: true }))

async function prepare(choices: Partial<Choices> = {}): Promise<Work> {
  const data = `idx:${join(root, 'spots')}`
  const all = { ...defaultChoices(), data, folds: 3, batch: 8, latent: 2, layers: 1, epochs: 40, ...choices }
  const { dataset, configuration } = await chooseRun(undefined, all)
  return { dataset, configuration, directory: directoryOf(join(root, 'runs'), configuration, dataset) }
}

test('the directory of a retraining depends on settings and images only', async () => {
  const [a, b, c] = [await prepare(), await prepare(), await prepare({ seed: 2 })]
  expect(a.directory).toBe(b.directory)
  expect(a.directory).not.toBe(c.directory)
  const pixels = Uint8Array.from(a.dataset.train.pixels)
  pixels[0] ^= 1
  const changed = { ...a.dataset, train: { ...a.dataset.train, pixels } }
  expect(directoryOf(join(root, 'runs'), a.configuration, changed)).not.toBe(a.directory)
})
test('a retraining interrupted at any step resumes there and ends as an uninterrupted one', async () => {
  const work = await prepare()
  const bucket = openFolder(join(root, 'bucket'))
  const stop = new AbortController()
  const stopping = trainStep(work, stop.signal, say)
  stop.abort()
  expect((await stopping).status).toBe('interrupted')
  const run = await trainStep(work, new AbortController().signal, say)
  expect(run.status).toBe('finished')
  const again = await trainStep(work, new AbortController().signal, say)
  expect(again).toEqual(run)
  expect(said.at(-1)).toMatch(/^trained already: 40 epochs/)

  const model = await exportStep(work, undefined, say)
  await rm(join(work.directory, 'export', work.configuration.id, 'card.json'))
  expect((await exportStep(work, undefined, say)).card).toEqual(model.card)
  said.length = 0
  expect((await exportStep(work, undefined, say)).card).toEqual(model.card)
  expect(said[0]).toMatch(/^exported already/)

  const { id, version } = model.card
  await pushStep(bucket, work, model, say)
  await pushStep(bucket, work, model, say)
  expect(await checkVersion(bucket, id, version)).toEqual([])
  expect((await canaryStep(bucket, model, options, say)).channel).toMatchObject({
    stable: version,
    canary: null,
  })
  expect(said).toContain(`the first version of ${id}: stable, not canary`)
  expect((await canaryStep(bucket, model, options, say)).changed).toBe(false)

  const fresh = { ...work, directory: join(root, 'uncut') }
  expect((await trainStep(fresh, new AbortController().signal, say)).weights).toBe(run.weights)
})
test('a second retraining becomes a canary of the first, once; a refusal of the gate can be forced', async () => {
  const bucket = openFolder(join(root, 'bucket'))
  const work = await prepare({ seed: 2 })
  await trainStep(work, new AbortController().signal, say)
  const model = await exportStep(work, undefined, say)
  const { id, version } = model.card
  await pushStep(bucket, work, model, say)
  const first = await canaryStep(bucket, model, options, say)
  expect(first.channel.canary).toEqual({ version, share: 20 })
  const second = await canaryStep(bucket, model, options, say)
  expect([second.changed, second.channel]).toEqual([false, first.channel])
  expect((await listVersions(bucket, id)).length).toBe(2)
  await rollBackModel(bucket, id, 'test')
  const short = await prepare({ seed: 2, epochs: 1 })
  await trainStep(short, new AbortController().signal, say)
  const worse = await exportStep(short, undefined, say)
  await pushStep(bucket, short, worse, say)
  const strict = { ...options, tolerance: 2 }
  await expect(canaryStep(bucket, worse, strict, say)).rejects.toThrow(
    /does not pass the gate:\n.*metric: test bce \+ kl in nats over \d+ images: expected at most 2% worse/s,
  )
  const forced = await canaryStep(bucket, worse, { ...strict, force: true }, say)
  expect(forced.overrode.length).toBeGreaterThan(0)
  expect(said.at(-1)).toContain('overridden by --force: metric: test bce + kl in nats')
})
test('a second retraining in one directory is refused and names the process that holds it', async () => {
  const work = await prepare({ seed: 3 })
  const stop = new AbortController()
  const [first, second] = await Promise.allSettled([1, 2].map(() => trainStep(work, stop.signal, say)))
  const refused = [first, second].filter(each => each.status === 'rejected')
  expect(refused.length).toBe(1)
  expect(String(refused[0].reason)).toContain(`process ${process.pid} is training there`)
  expect(await readdir(work.directory)).not.toContain('lock')
  expect(JSON.parse(await readFile(join(work.directory, 'run.json'), 'utf8')).status).toBe('finished')
})
