import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encode } from 'fast-png'
import * as ort from 'onnxruntime-node'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { readModelFolder } from '../../export/registry/read-folder.ts'
import { toIntensities } from '../../models/images/grey.ts'
import { binarizedDataset } from '../data/binarized.ts'
import { chooseFold } from '../data/choose-fold.ts'
import type { Dataset } from '../data/dataset.ts'
import { encodeIdx } from '../data/idx.ts'
import { loadDataset } from '../data/load-dataset.ts'
import { chooseRun } from '../fit/choices.ts'
import { fitModel } from '../fit/fit.ts'
import { type Choices, defaultChoices } from '../fit/run-options.ts'
import { readSavedWeights } from '../fit/saved-weights.ts'
import { pickPixels } from '../step/images.ts'
import { exportRun } from './export-run.ts'

const root = mkdtempSync(join(tmpdir(), 'export-'))
beforeAll(() => {
  vi.spyOn(console, 'log').mockImplementation(() => {})
})
afterAll(() => rmSync(root, { recursive: true }))

/** A folder of 5×4 pictures of two classes: a bright row or a bright column, each at another place and brightness. */
function pictures(name: string, count = 60): string {
  const folder = join(root, name)
  for (let i = 0; i < count; i++) {
    const label = ['column', 'row'][i % 2]
    const data = Uint8Array.from({ length: 20 }, (_, p) => {
      const [x, y] = [p % 5, Math.floor(p / 5)]
      return (label === 'row' ? y === (i >> 1) % 4 : x === (i >> 1) % 5) ? 255 - i : i % 7
    })
    mkdirSync(join(folder, label), { recursive: true })
    writeFileSync(join(folder, label, `${i}.png`), encode({ width: 5, height: 4, channels: 1, data }))
  }
  return folder
}

async function trainOn(data: string, out: string, choices: Partial<Choices> = {}): Promise<string> {
  const all = { ...defaultChoices(), data, folds: 3, batch: 8, latent: 2, layers: 1, epochs: 2, ...choices }
  const directory = join(root, out)
  await fitModel({ ...(await chooseRun(undefined, all)), directory, resume: false })
  return directory
}

const zoo = join(root, 'zoo')
const options = { zoo, precision: 'fp16' as const }

test('a card states the data, how images are shown and how the weights were trained', async () => {
  const run = await trainOn(pictures('bars'), 'run')
  const card = await exportRun(run, options)
  expect(card.id).toBe('bars-vae-l1-z2')
  expect(card.dataset).toMatchObject({
    name: 'bars',
    classes: ['column', 'row'],
    polarity: expect.any(String),
  })
  const { identity } = card.dataset
  expect(identity!.train.images + identity!.test.images).toBe(60)
  expect(card.parity.images).toBe(identity!.test.images)
  expect(card.training.recipe).toMatchObject({
    batch: 8,
    learningRate: 0.004,
    schedule: 'cosine',
    interrupted: false,
    commit: expect.stringMatching(/^[0-9a-f]{40}(-dirty)?$/),
    date: expect.stringMatching(/^\d{4}-/),
  })
  expect((await exportRun(run, options)).version).toBe(card.version)
})

test('deleted, relabelled and added images are refused and named', async () => {
  const folder = pictures('changing')
  const run = await trainOn(folder, 'changing-run')
  const before = readdirSync(join(root, 'zoo'))
  cpSync(folder, join(root, 'kept'), { recursive: true })
  rmSync(join(folder, 'row', '1.png'))
  await expect(exportRun(run, options)).rejects.toThrow(
    /expected the images that the run was trained on, got others:\n {2}(training|test) images: expected \d+, got \d+/,
  )
  cpSync(join(root, 'kept', 'row', '1.png'), join(folder, 'column', '1.png'))
  await expect(exportRun(run, options)).rejects.toThrow(
    /images: expected those with SHA-256 [0-9a-f]{12}…, got/,
  )
  rmSync(join(folder, 'column', '1.png'))
  cpSync(join(root, 'kept', 'row', '1.png'), join(folder, 'row', '1.png'))
  await expect(exportRun(run, { ...options, zoo: join(root, 'zoo2') })).resolves.toMatchObject({
    id: 'changing-vae-l1-z2',
  })
  expect(readdirSync(join(root, 'zoo'))).toEqual(before)
})

test('a bit flipped in the weights of a run is refused', async () => {
  const run = await trainOn(pictures('flipped'), 'flipped-run')
  const path = join(run, 'decoder', 'weights.bin')
  const bytes = readFileSync(path)
  bytes[20] ^= 1
  writeFileSync(path, bytes)
  await expect(exportRun(run, options)).rejects.toThrow(
    /do not hold the weights of the run: expected SHA-256 [0-9a-f]{64}, as run\.json says, got [0-9a-f]{64}/,
  )
  writeFileSync(path, bytes.subarray(0, -4))
  await expect(exportRun(run, options)).rejects.toThrow(`${path}: expected at least ${bytes.length} bytes`)
})

test('a model of other data is replaced only with --replace', async () => {
  const [one, other] = [
    await trainOn(pictures('a/set'), 'one'),
    await trainOn(pictures('b/set', 40), 'other'),
  ]
  const { version } = await exportRun(one, options)
  await expect(exportRun(other, options)).rejects.toThrow(
    /there is a model of other data under this id:\n.*training images: expected \d+, got \d+/s,
  )
  expect((await readModelFolder(join(zoo, 'set-vae-l1-z2'))).card.version).toBe(version)
  expect((await exportRun(other, { ...options, replace: true })).version).not.toBe(version)
  const shipped = join(root, 'shipped')
  cpSync('models/zoo/mnist-vae-l1-z2', join(shipped, 'mnist-vae-l1-z2'), { recursive: true })
  await expect(exportRun(one, { ...options, zoo: shipped, id: 'mnist-vae-l1-z2' })).rejects.toThrow(
    'name: expected mnist, got set',
  )
})

test('a folder called mnist makes no model of MNIST', async () => {
  const run = await trainOn(pictures('mnist'), 'named')
  expect((await exportRun(run, options)).id).toBe('mymnist-vae-l1-z2')
})

test('labels that begin at 1, and a class without training images, are exported', async () => {
  const size = { dims: [40, 3, 3], data: Uint8Array.from({ length: 360 }, (_, i) => (i * i * 31) % 251) }
  writeFileSync(join(root, 'x.idx'), encodeIdx(size))
  const labels = Uint8Array.from({ length: 40 }, (_, i) => (i === 39 ? 9 : 1 + (i % 3)))
  writeFileSync(join(root, 'y.idx'), encodeIdx({ dims: [40], data: labels }))
  const run = await trainOn(`idx:${join(root, 'x.idx')},${join(root, 'y.idx')}`, 'labels', {
    split: 'contiguous',
  })
  const { dataset, latent } = await exportRun(run, options)
  expect(dataset.classes).toEqual(['1', '2', '3', '9'])
  expect(latent.classes.map(({ images }) => images > 0)).toEqual([true, true, true, false])
})

test('the latent moments of a model of binary pixels are those of binary images', async () => {
  const size = {
    dims: [90, 3, 3],
    data: Uint8Array.from({ length: 810 }, (_, i) => 60 + ((i * i * 31) % 140)),
  }
  writeFileSync(join(root, 'grey.idx'), encodeIdx(size))
  const data = `idx:${join(root, 'grey.idx')}`
  const run = await trainOn(data, 'binary', { binarize: true, lr: 0.02, epochs: 4 })
  const card = await exportRun(run, options)
  const { files } = await readModelFolder(join(zoo, card.id))
  const encoder = await ort.InferenceSession.create(files['encoder.onnx'])
  const meanOf = async ({ train }: Dataset) => {
    const { train: chosen } = chooseFold({ train }, { ...card.training, foldSeed: 0, split: 'shuffled' })
    const x = toIntensities(pickPixels(train, chosen))
    const { mu } = await encoder.run({ x: new ort.Tensor('float32', x, [chosen.length, 9]) })
    const sums = [0, 0]
    for (const [i, value] of (mu.data as Float32Array).entries()) sums[i % 2] += value
    return sums.map(sum => sum / chosen.length)
  }
  const grey = await loadDataset(data)
  const [ofBinary, ofGrey] = [await meanOf(binarizedDataset(grey, card.training.seed)), await meanOf(grey)]
  const distance = (a: number[], b: number[]) => Math.hypot(...a.map((value, i) => value - b[i]))
  expect(distance(card.latent.whole.mean, ofBinary)).toBeLessThan(1e-4)
  expect(distance(ofGrey, ofBinary)).toBeGreaterThan(0.01)
})

test('a logit gain multiplies what the decoder gives before its sigmoid', async () => {
  const run = await trainOn(pictures('gained'), 'gained-run', { lr: 0.02 })
  const decode = async (choice: { id: string; logitGain?: number }) => {
    const card = await exportRun(run, { ...options, precision: 'fp32', ...choice })
    const { files } = await readModelFolder(join(zoo, choice.id))
    const decoder = await ort.InferenceSession.create(files['decoder.onnx'])
    const z = new ort.Tensor('float32', Float32Array.of(0.5, -1), [1, 2])
    return { card, xhat: (await decoder.run({ z })).xhat.data as Float32Array }
  }
  const plain = await decode({ id: 'plain-vae-l1-z2' })
  const gained = await decode({ id: 'gained-vae-l1-z2', logitGain: 1.5 })
  expect(plain.card.logitGain).toBeUndefined()
  expect(gained.card).toMatchObject({ logitGain: 1.5, training: { weights: plain.card.training.weights } })
  const logit = (p: number) => Math.log(p / (1 - p))
  plain.xhat.forEach((p, i) => {
    expect(logit(gained.xhat[i])).toBeCloseTo(1.5 * logit(p), 4)
  })
  await expect(
    exportRun(await trainOn(pictures('gained'), 'mse-run', { loss: 'mse', output: 'relu' }), {
      ...options,
      logitGain: 1.5,
    }),
  ).rejects.toThrow('--logit-gain: expected a model with logits (bce), got one with relu')
})

test('training can begin with the weights of an exported model', async () => {
  const folder = pictures('warm')
  const run = await trainOn(folder, 'cold')
  const card = await exportRun(run, { ...options, precision: 'fp32' })
  const model = join(zoo, card.id)
  const warm = await trainOn(folder, 'warmed', { warmStart: model, lr: 1e-12, epochs: 1 })
  const [before, after] = [
    await readSavedWeights(run, card.architecture),
    await readSavedWeights(warm, card.architecture),
  ]
  for (const name of Object.keys(before)) {
    const furthest = Math.max(...before[name].map((value, i) => Math.abs(value - after[name][i])))
    expect(furthest, name).toBeLessThan(1e-6)
  }
  const { training } = await exportRun(warm, { ...options, zoo: join(root, 'zoo3') })
  expect(training.recipe!.warmStart).toBe(`${card.id}@${card.version}`)
  await expect(trainOn(folder, 'wider', { warmStart: model, latent: 3 })).rejects.toThrow(
    'expected a model with the architecture to be trained, got one with differences:\n  latentDim: expected 3, got 2',
  )
})
