import * as ort from 'onnxruntime-node'
import type { Card } from '../../models/card.ts'
import { dataDifferences } from '../../models/data-identity.ts'
import { drawSamples, pointSize, splitPoints } from '../../models/draws.ts'
import { locate } from '../../models/endpoints.ts'
import type { JudgeCard } from '../../models/judge-card.ts'
import type { Judgement } from '../../models/judgement.ts'
import { createRng, shuffle } from '../../models/random.ts'
import type { Dataset } from '../data/dataset.ts'
import { nearestSquared, type Vectors } from '../evaluate/distances.ts'
import { NEIGHBOURS, precisionRecall } from '../evaluate/precision-recall.ts'
import { type Images, pickPixels } from '../step/images.ts'
import type { OnnxRuntime } from '../step/onnx-engine.ts'
import { type OnnxModel, openOnnxModel } from '../step/run/onnx-model.ts'
import { fitGaussian, frechetDistance, type Gaussian } from './frechet.ts'
import type { JudgeFiles } from './judge-files.ts'
import { type Classified, type Classifier, openClassifier, toIntensities } from './open-classifier.ts'

/** How many images are judged, and with which draws. */
export interface JudgeOptions {
  /** Samples without a class; at most as many as there are test images and training images. */
  samples: number
  /** Samples of each class. */
  perClass: number
  /** Samples whose nearest training image is looked for. */
  nearest: number
  /** An integer in [0, 2³²). */
  seed: number
}

/** The numbers of samples and the seed of a judgement. */
export const DEFAULTS: JudgeOptions = { samples: 2000, perClass: 1000, nearest: 1000, seed: 1 }

/** Probability of the likeliest class above which the judge is called confident. */
const CONFIDENT = 0.9
const BATCH = 500
/** Seeds whose styles are written in. */
const STYLES = 20

type SetJudgement = Judgement['samples']

/** A judge, opened, with what it makes of its data set: work that all models of the data set share. */
export interface Judge {
  judgeModel(card: Card, files: { encoder: Uint8Array; decoder: Uint8Array }): Promise<Judgement>
  close(): Promise<void>
}

/**
 * Opens a judge and measures training images against test images.
 *
 * @throws RangeError when more samples are asked for than there are images to compare them with
 */
export async function openJudge(
  { card: judgeCard, classifier: bytes }: JudgeFiles,
  dataset: Dataset,
  options: JudgeOptions,
): Promise<Judge> {
  const { samples, perClass, nearest, seed } = options
  const { train, test } = dataset
  requireAtMost('samples', samples, Math.min(train.count, test.count))
  requireAtMost('nearest', nearest, Math.min(samples, test.count))
  const classifier = await openClassifier(bytes)
  const testClassified = await classifier.classify(toIntensities(test.pixels), test.count)
  const reference: Reference = {
    gaussian: fitGaussian(testClassified.features, judgeCard.architecture.features),
    features: pickVectors(testClassified, chooseImages(test, samples, seed)),
  }
  const trainPixels = toIntensities(pickPixels(train, chooseImages(train, samples, seed)))
  const trainingImages = await judgeSet(await classifier.classify(trainPixels, samples), reference)
  const allTraining = vectors(toIntensities(train.pixels), train.count)
  const testNearest = await nearestDistances(
    toIntensities(pickPixels(test, chooseImages(test, nearest, seed))),
    nearest,
    allTraining,
  )
  return {
    async judgeModel(card, files) {
      requireSameData(judgeCard, card)
      const model = await openOnnxModel(ort as OnnxRuntime, files, card.architecture)
      const images = await sampleImages(model, card, { n: samples, seed })
      const byClass: number[] = []
      for (let label = 0; label < card.dataset.classes.length; label++) {
        const drawn = await sampleImages(model, card, { n: perClass, seed, class: label })
        const { classes } = await classifier.classify(drawn, perClass)
        byClass.push(classes.filter(found => found === label).length / perClass)
      }
      const written = await judgeWriting(model, card, classifier)
      await model.close()
      const size = card.architecture.inputDim
      const sampleNearest = await nearestDistances(images.subarray(0, nearest * size), nearest, allTraining)
      const limit = percentile(testNearest, 0.01)
      return {
        judge: { dataset: judgeCard.dataset.name, version: judgeCard.version },
        seed,
        byClass: {
          imagesPerClass: perClass,
          accuracy: byClass,
          mean: byClass.reduce((a, b) => a + b) / byClass.length,
          worst: Math.min(...byClass),
        },
        ...(written && { written }),
        samples: await judgeSet(await classifier.classify(images, samples), reference),
        trainingImages,
        testImages: test.count,
        neighbours: NEIGHBOURS,
        nearest: {
          images: nearest,
          samples: summary(sampleNearest),
          testImages: summary(testNearest),
          nearerShare: sampleNearest.filter(distance => distance < limit).length / nearest,
        },
      }
    },
    close: () => classifier.close(),
  }
}

/** @throws Error when the model is one of other data */
function requireSameData({ dataset }: JudgeCard, card: Card): void {
  const { height, width } = card.dataset
  const differences = dataDifferences({ ...dataset, height, width }, card.dataset)
  if (differences.length === 0) return
  throw new Error(`${card.id}: the judge of ${dataset.name} learned other data: ${differences.join('; ')}`)
}

/** What sets of images are compared with: all test images as a Gaussian, some of them as points. */
interface Reference {
  gaussian: Gaussian
  features: Vectors
}

async function judgeSet(classified: Classified, reference: Reference): Promise<SetJudgement> {
  const { images, features, confidence } = classified
  const points = vectors(features, images)
  return {
    images,
    confident: confidence.filter(probability => probability > CONFIDENT).length / images,
    frechet: frechetDistance(fitGaussian(features, points.dimensions), reference.gaussian),
    ...(await precisionRecall(reference.features, points)),
  }
}

/** Every class of one character, written in the styles of the first seeds as `write` writes it. */
async function judgeWriting(
  model: OnnxModel,
  card: Card,
  classifier: Classifier,
): Promise<Judgement['written']> {
  const labels = card.dataset.classes.flatMap((name, label) => ([...name].length === 1 ? [label] : []))
  if (labels.length === 0) return undefined
  const places = Array.from({ length: STYLES }, (_, seed) =>
    labels.map(label => locate({ class: label, style: { seed } }, card)),
  ).flat()
  const points = Float32Array.from(places.flatMap(point => [...point]))
  const { classes } = await classifier.classify(await decodePoints(model, card, points), places.length)
  const read = classes.filter((found, i) => found === labels[i % labels.length]).length
  return { seeds: STYLES, characters: places.length, read }
}

/** Decoded samples, [n, D_x]. */
export function sampleImages(
  model: OnnxModel,
  card: Card,
  options: { n: number; seed: number; class?: number },
): Promise<Float32Array> {
  return decodePoints(model, card, drawSamples(card, options))
}

async function decodePoints(
  { architecture, decode }: OnnxModel,
  card: Card,
  points: Float32Array,
): Promise<Float32Array> {
  const { inputDim } = architecture
  const size = pointSize(card)
  const n = points.length / size
  const images = new Float32Array(n * inputDim)
  for (let from = 0; from < n; from += BATCH) {
    const rows = Math.min(BATCH, n - from)
    const { z, y } = splitPoints(points.subarray(from * size, (from + rows) * size), architecture)
    images.set(await decode(z, rows, y), from * inputDim)
  }
  return images
}

/** Distances of images to their nearest training image. */
async function nearestDistances(
  images: Float32Array,
  count: number,
  training: Vectors,
): Promise<Float32Array> {
  return (await nearestSquared(vectors(images, count), training, 1)).map(Math.sqrt)
}

function vectors(data: Float32Array, count: number): Vectors {
  return { data, count, dimensions: data.length / count }
}

function pickVectors({ features, images }: Classified, indices: Uint32Array): Vectors {
  const d = features.length / images
  const picked = new Float32Array(indices.length * d)
  indices.forEach((from, to) => {
    picked.set(features.subarray(from * d, (from + 1) * d), to * d)
  })
  return vectors(picked, indices.length)
}

/** Indices of `count` of the images, at random, ascending. */
function chooseImages(images: Images, count: number, seed: number): Uint32Array {
  const all = Uint32Array.from({ length: images.count }, (_, i) => i)
  return shuffle(createRng(seed, 'judge'), all).slice(0, count).sort()
}

function summary(distances: Float32Array): { firstPercentile: number; median: number } {
  return { firstPercentile: percentile(distances, 0.01), median: percentile(distances, 0.5) }
}

/** The value below which a share of the others lies, the nearest of the list. */
function percentile(values: Float32Array, share: number): number {
  return values.toSorted()[Math.min(values.length - 1, Math.floor(share * values.length))]
}

function requireAtMost(field: string, got: number, most: number): void {
  if (got > most)
    throw new RangeError(`${field}: expected at most ${most} (images to compare with), got ${got}`)
}
