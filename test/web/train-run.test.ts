import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { unzipSync } from 'fflate'
import * as ort from 'onnxruntime-web/wasm'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { startServer } from '../../edge/node/server.ts'
import { pushModel } from '../../export/registry/push.ts'
import { readModelFolder } from '../../export/registry/read-folder.ts'
import { openFolder } from '../../export/registry/stores/folder.ts'
import { loadDataset } from '../../train/data/load-dataset.ts'
import { loadCheckpoint } from '../../train/fit/checkpoint.ts'
import { configure } from '../../train/fit/choices.ts'
import { loadEpochs, loadRun, runFiles } from '../../train/fit/run.ts'
import { defaultChoices } from '../../train/fit/run-options.ts'
import { openForward } from '../../train/step/forward.ts'
import type { DividedImages } from '../../train/step/images.ts'
import { type OnnxRuntime, openScanEngine } from '../../train/step/onnx-engine.ts'
import { initialState } from '../../train/step/state.ts'
import { exportRun } from '../../train/zoo/export-run.ts'
import { configurationOf } from '../../web/train/configuration-of.ts'
import { makeOwnData, type OwnImage } from '../../web/train/data/own-data.ts'
import type { ExportedRun } from '../../web/train/exported-run.ts'
import { zipRun } from '../../web/train/keep/zip-run.ts'
import type { Report } from '../../web/train/messages.ts'
import { parseRecipe, type Recipe } from '../../web/train/recipe.ts'
import { openTrainer } from '../../web/train/worker/trainer.ts'

/*
 * Trains with the page's worker code and the page's own build of ONNX Runtime, without a browser. The commands and the API
 * must accept its run unchanged. train.suite.ts does the same through the page in Chromium.
 */

const runtime = ort as unknown as OnnxRuntime
let root: string
beforeAll(async () => {
  ort.env.wasm.numThreads = 1
  root = await mkdtemp(path.join(tmpdir(), 'latent-edge-train-'))
  vi.spyOn(console, 'log').mockImplementation(() => {})
})
afterAll(() => rm(root, { recursive: true, force: true }))

const MNIST = 'n:1000;widths:32;epochs:2;batch:50'

async function mnist({ images }: Recipe): Promise<DividedImages> {
  const { name, height, width, classes, polarity, train, test } = await loadDataset('mnist', { images })
  return { name, height, width, classes, polarity, train, test }
}

/** Trains as the worker does, up to `until`, and gives what it made. */
async function train(
  recipe: Recipe,
  data: DividedImages,
  drive: (trainer: ReturnType<typeof openTrainer>, report: Report) => void,
): Promise<ExportedRun> {
  const { name, height, width, classes } = data
  const configuration = configurationOf(recipe, {
    name,
    height,
    width,
    images: data.train.count,
    classes: classes.length,
  })
  const state = initialState(configuration)
  const engine = await openScanEngine(runtime, configuration, state, { executionProviders: ['wasm'] })
  const forward = await openForward(runtime, configuration.architecture)
  try {
    return await new Promise<ExportedRun>((resolve, reject) => {
      const trainer = openTrainer({
        configuration,
        data,
        runtime,
        versions: { 'onnxruntime-web': ort.env.versions.web ?? '' },
        engine,
        withParameters: forward.withParameters,
        from: { epoch: 0, figures: [], changes: [], state },
        startedAt: Date.UTC(2026, 0, 1),
        report(report) {
          if (report.type === 'exported') resolve(report.exported)
          else drive(trainer, report)
        },
        save: async () => {},
      })
      trainer.done.catch(reject)
      trainer.play('end')
    })
  } finally {
    await engine.close()
    await forward.close()
  }
}

const toTheEnd = (trainer: ReturnType<typeof openTrainer>, report: Report) => {
  if (report.type === 'finished') void trainer.exportModel()
}

/** Writes the page's zip to a folder, as a visitor unpacks it. @returns the run directory */
async function unzip(made: ExportedRun, name: string): Promise<string> {
  const folder = path.join(root, name)
  for (const [file, bytes] of Object.entries(unzipSync(zipRun(made)))) {
    const to = path.join(folder, file)
    await mkdir(path.dirname(to), { recursive: true })
    await writeFile(to, bytes)
  }
  return path.join(folder, made.card.id)
}

test('a run of the page is exported by npm run export to the same bits, pushed and served', async () => {
  const recipe = parseRecipe(MNIST)
  const made = await train(recipe, await mnist(recipe), toTheEnd)
  const directory = await unzip(made, 'mnist')

  const run = await loadRun(directory)
  expect(run).toMatchObject({ status: 'finished', epochs: 2, savedEpoch: 2 })
  expect(await loadEpochs(directory, 2)).toHaveLength(2)
  const checkpoint = await loadCheckpoint(runFiles(directory), run!.configuration)
  expect(checkpoint.epoch).toBe(2)

  const card = await exportRun(directory, { zoo: path.join(root, 'zoo'), precision: 'fp16' })
  expect(card.version).toBe(made.card.version)
  expect(card.files).toEqual({ ...made.card.files, latents: card.files.latents })
  expect(card.dataset).toEqual(made.card.dataset)
  expect(card.training).toEqual(made.card.training)
  for (const [i, { value, ...metric }] of card.metrics.entries()) {
    const { value: shown, ...same } = made.card.metrics[i]
    expect(same).toEqual(metric)
    // Both runtimes sum in another order.
    if (typeof value === 'number') expect(shown as number).toBeCloseTo(value, 2)
  }

  const model = await readModelFolder(directory)
  const bucket = openFolder(path.join(root, 'bucket'))
  await pushModel(bucket, model)
  const server = await startServer({
    host: '127.0.0.1',
    port: 0,
    models: path.dirname(directory),
    rate: 0,
    trustProxy: false,
    sessionBytes: 2 ** 26,
    log: () => {},
  })
  try {
    const { golden, id } = made.card
    const reply = await fetch(`${server.url}/v1/models/${id}/decode?z=${golden!.z}&format=f32`)
    expect(reply.status).toBe(200)
    const pixels = [...new Float32Array(await reply.arrayBuffer())]
    expect(furthest(pixels, golden!.xhat)).toBeLessThan(golden!.tolerance)
  } finally {
    await server.stop()
  }
})

function furthest(a: readonly number[], b: readonly number[]): number {
  expect(a).toHaveLength(b.length)
  return a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0)
}

/** Bars of three spacings, 16 pixels a side, their spacing the class. */
function ownData(): DividedImages {
  const labels = ['2 bars', '10 bars', 'Ö']
  const images = Array.from({ length: 90 }, (_, i): OwnImage => {
    const pixels = Uint8Array.from({ length: 256 }, (_, p) => (p % (3 + (i % 3)) === 0 ? 200 + (i % 50) : 0))
    return { pixels, label: labels[i % 3] }
  })
  return makeOwnData(images, 16)
}

test('a run that is exported within an epoch, with β moved, says so in run.json and in its card', async () => {
  let asked = false
  const made = await train(
    parseRecipe('data:own;widths:8;epochs:3;batch:10'),
    ownData(),
    (trainer, report) => {
      if (report.type === 'epoch' && report.figures.epoch === 1) trainer.change(3, 0.001)
      if (report.type === 'progress' && report.epoch === 2 && !asked) {
        asked = true
        trainer.pause()
      }
      if (report.type === 'paused') void trainer.exportModel()
    },
  )
  const directory = await unzip(made, 'interrupted')
  const run = await loadRun(directory)
  expect(run).toMatchObject({
    status: 'interrupted',
    epochs: 1,
    savedEpoch: null,
    evaluations: [],
    changes: [{ step: 7, beta: 3, learningRate: 0.001 }],
  })
  expect((await loadCheckpoint(runFiles(directory), run!.configuration)).epoch).toBe(1)
  expect(made.card.training.recipe!.interrupted).toBe(true)
  const card = await exportRun(directory, { zoo: path.join(root, 'zoo'), precision: 'fp16' })
  expect(card.version).toBe(made.card.version)
})

test('a conditional run on images of the visitor’s own brings them along, and npm run export finds them', async () => {
  const data = ownData()
  expect(data.classes).toEqual(['2 bars', '10 bars', 'Ö'])
  const made = await train(
    parseRecipe('data:own;widths:8;epochs:2;batch:20;conditional:true'),
    data,
    toTheEnd,
  )
  const directory = await unzip(made, 'own')
  const card = await exportRun(directory, { zoo: path.join(root, 'zoo'), precision: 'fp16' })
  expect(card.id).toBe('own-cvae-w8-z2')
  expect(card.version).toBe(made.card.version)
  expect(card.dataset).toEqual(made.card.dataset)
})

test('the recipe of a link is the configuration that npm run train makes of the same choices', () => {
  const data = { name: 'mnist', height: 28, width: 28, images: 10_000, classes: 10 }
  const choices = { ...defaultChoices(), data: 'mnist', images: 10_000, epochs: 10 }
  const size = { height: 28, width: 28, name: 'mnist' }
  expect(configurationOf(parseRecipe(''), data)).toEqual(configure(null, choices, size))
  const chosen = {
    ...choices,
    widths: [64, 32],
    latent: 3,
    beta: 4,
    betaWarmup: 5,
    loss: 'mse' as const,
    seed: 7,
  }
  expect(configurationOf(parseRecipe('widths:64x32;z:3;beta:4;warmup:5;loss:mse;seed:7'), data)).toEqual(
    configure(null, { ...chosen, priorMean: [0, 0, 0], priorVariance: [1, 1, 1] }, size),
  )
})
