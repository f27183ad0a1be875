import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Command } from 'commander'
import * as ort from 'onnxruntime-node'
import { choice, dataDirOption, integer, numbers, zooOption } from '../../export/command/options.ts'
import { runProgram } from '../../export/command/run-program.ts'
import { writeCard } from '../../export/files/write-card.ts'
import { modelFolder, readModelFolder } from '../../export/registry/read-folder.ts'
import type { Metric } from '../../models/card.ts'
import { createRng, shuffle } from '../../models/random.ts'
import { type RateDistortion, rateDistortionCurves } from '../../models/rate-distortion.ts'
import { graphsOf, parseCard } from '../../models/registry/version.ts'
import { binarizedDataset } from '../data/binarized.ts'
import { chooseFold } from '../data/choose-fold.ts'
import { loadDataset } from '../data/load-dataset.ts'
import type { OnnxRuntime } from '../step/onnx-engine.ts'
import { openOnnxModel } from '../step/run/onnx-model.ts'
import { measureAggregatePosterior } from './aggregate-posterior.ts'
import { encodeFold } from './encode-fold.ts'
import { type Bound, importanceBounds } from './importance-bound.ts'

interface Options {
  zoo: string
  split: 'validation' | 'test'
  images: number
  samples: number[]
  pixels?: 'grey' | 'binarized'
  seed: number
  rateDistortion: boolean
  aggregate: boolean
  write: boolean
  json: boolean
  dataDir?: string
}

const program = new Command('npm run evaluate --')
  .description(
    'Bound the log-likelihood of VAEs by importance sampling, or print rate and distortion over beta.',
  )
  .argument('[models...]', 'ids of the zoo, or folders with a card.json')
  .addOption(zooOption())
  .addOption(choice('--split <name>', ['validation', 'test'], 'the images', 'test'))
  .option('--images <n>', 'how many of them, chosen at random; 0 for all', integer({ min: 0 }), 1000)
  .option(
    '--samples <list>',
    'numbers of draws k per image; the largest must be a multiple of the others',
    numbers,
    [1, 50, 5000],
  )
  .addOption(choice('--pixels <kind>', ['grey', 'binarized'], 'default: as the model was trained'))
  .option(
    '--seed <n>',
    'seed of the binary pixels, the choice of images and the draws',
    integer({ min: 0 }),
    1,
  )
  .option(
    '--rate-distortion',
    'print rate and distortion from the cards of models that differ only in beta',
    false,
  )
  .option('--aggregate', 'compare the aggregate posterior of training images with the prior instead', false)
  .option('--write', 'put the figures on the card', false)
  .option('--json', 'print JSON', false)
  .addOption(dataDirOption())
  .addHelpText(
    'after',
    `
The bound is ln 1/k Σ p(x|z) p(z)/q(z|x) in nats per image (Burda et al. 2016), with its standard error over images; its
negative at a large k is the NLL. A conditional model is given the class, and the bound is one of ln p(x|y). k = 1 is the
ELBO. The bound is a likelihood only on binary pixels; figures on grey pixels measure another quantity and are never
compared with those. 1,000 images with k = 5,000 take some minutes.

Examples:
  $ npm run evaluate -- mnist-vae-l1-z8 --pixels binarized
  $ npm run evaluate -- mnist-vae-l1-z8 --aggregate
  $ npm run evaluate -- --rate-distortion`,
  )
  .showHelpAfterError('(--help lists the options)')
  .action(async (models: string[], options: Options) => {
    if (options.rateDistortion) return printCurves(models, options)
    if (models.length === 0) throw new Error('expected a model, such as mnist-vae-l1-z8, got none')
    if (options.samples.some(k => !Number.isInteger(k) || k < 1)) {
      throw new Error(`--samples: expected integers of at least 1, got ${options.samples}`)
    }
    const measure = options.aggregate ? compareWithPrior : boundModel
    for (const model of models) await measure(modelFolder(model, options.zoo), options)
  })

async function boundModel(folder: string, options: Options): Promise<void> {
  const { card, files } = await readModelFolder(folder)
  const { architecture, training, prior } = card
  if (architecture.kind !== 'vae')
    throw new Error(`${card.id}: expected a VAE, got an AE, which has no likelihood`)
  const { split, seed, samples, json } = options
  const pixels = options.pixels ?? training.pixels ?? 'grey'
  const loaded = await loadDataset(card.dataset.name, { dataDir: options.dataDir })
  const dataset = pixels === 'binarized' ? binarizedDataset(loaded, seed) : loaded
  const images = split === 'test' ? dataset.test : dataset.train
  const all =
    split === 'test'
      ? Uint32Array.from({ length: images.count }, (_, i) => i)
      : chooseFold(dataset, { ...training, foldSeed: 0, split: 'shuffled' }).validation
  const indices = shuffle(createRng(seed, 'evaluate'), all).slice(0, options.images || all.length)
  const model = await openOnnxModel(ort as OnnxRuntime, graphsOf(files), architecture)
  const terminal = process.stderr.isTTY
  const bounds = await importanceBounds(model, images, {
    prior,
    indices,
    samples: samples.toSorted((a, b) => a - b),
    seed,
    onImage: done => terminal && process.stderr.write(`\r${done} of ${indices.length} images`),
  }).finally(model.close)
  if (terminal) process.stderr.write('\r\x1b[2K')
  const metrics = bounds.map(bound => asMetric(bound, split, indices.length, pixels))
  if (json) console.log(JSON.stringify({ id: card.id, version: card.version, seed, metrics }))
  else {
    console.log(`${card.id}, ${indices.length} ${split} images, ${pixels} pixels, seed ${seed}`)
    for (const { samples: k, value, standardError } of bounds) {
      console.log(
        `  k = ${String(k).padEnd(5)} ${value.toFixed(2)} ± ${standardError.toFixed(2)} nats per image`,
      )
    }
  }
  if (architecture.classes && !json) {
    const loss = Math.log(architecture.classes)
    console.log(
      `  The class was given, so these are bounds of ln p(x|y). If all classes are equally likely, subtract ${loss.toFixed(2)} for a bound of ln p(x).`,
    )
  }
  if (options.write) {
    const kept = card.metrics.filter(metric => !metrics.some(other => sameQuantity(metric, other)))
    await writeCard(folder, { ...card, metrics: [...kept, ...metrics] })
  }
}

function asMetric(bound: Bound, split: Metric['split'], images: number, pixels: Options['pixels']): Metric {
  return {
    name: 'importanceBound',
    unit: 'nats per image',
    split,
    images,
    latent: 'sampled',
    ...(pixels === 'binarized' && { pixels }),
    samples: bound.samples,
    value: bound.value,
    standardError: bound.standardError,
  }
}

function sameQuantity(a: Metric, b: Metric): boolean {
  return a.name === b.name && a.split === b.split && a.pixels === b.pixels && a.samples === b.samples
}

async function compareWithPrior(folder: string, { dataDir, seed, write, json }: Options): Promise<void> {
  const version = await readModelFolder(folder)
  const { card } = version
  if (card.architecture.kind !== 'vae')
    throw new Error(`${card.id}: expected a VAE, got an AE, which has no posterior`)
  const { trained, heldOut } = await encodeFold(version, dataDir)
  const aggregatePosterior = await measureAggregatePosterior(trained, heldOut, card.prior, seed)
  const { klToPrior, standardError, images, priorOutside, heldOutOutside } = aggregatePosterior
  if (json) console.log(JSON.stringify({ id: card.id, version: card.version, aggregatePosterior }))
  else {
    console.log(
      `${card.id}: KL of the aggregate posterior of ${images} training images to the prior ${klToPrior} ± ${standardError} nats; ` +
        `outside its support ${(100 * priorOutside).toFixed(1)}% of draws from the prior, ${(100 * heldOutOutside).toFixed(1)}% of those for held-out images`,
    )
  }
  if (write) await writeCard(folder, { ...card, aggregatePosterior })
}

/** Prints the curves of the given models, or of the whole zoo. */
async function printCurves(models: string[], { zoo, json }: Options): Promise<void> {
  const folders =
    models.length > 0
      ? models.map(model => modelFolder(model, zoo))
      : (await readdir(zoo, { withFileTypes: true })).filter(e => e.isDirectory()).map(e => join(zoo, e.name))
  const cards = await Promise.all(
    folders
      .sort()
      .map(async folder => parseCard(await readFile(join(folder, 'card.json')), join(folder, 'card.json'))),
  )
  const curves = rateDistortionCurves(cards)
  if (json) return console.log(JSON.stringify(curves))
  if (curves.length === 0) throw new Error('expected VAEs that differ in beta alone, got none')
  for (const points of curves) printCurve(points)
}

function printCurve(points: RateDistortion[]): void {
  const [{ images, pixels }] = points
  console.log(`nats per image over ${images} test images, ${pixels} pixels, z drawn from the posterior`)
  console.log(`${'model'.padEnd(34)}${'beta'.padStart(8)}${'rate'.padStart(10)}${'distortion'.padStart(12)}`)
  for (const { id, beta, rate, distortion } of points) {
    console.log(
      id.padEnd(34) +
        String(beta).padStart(8) +
        rate.toFixed(2).padStart(10) +
        distortion.toFixed(2).padStart(12),
    )
  }
}

await runProgram(program)
