import * as ort from 'onnxruntime-node'
import type { Card } from '../../models/card.ts'
import { testDataDifferences } from '../../models/data-identity.ts'
import { toIntensities } from '../../models/images/grey.ts'
import type { JudgeCard } from '../../models/judge-card.ts'
import type { Judgement, SampleJudgement } from '../../models/judgement.ts'
import { drawSamples, placedClasses, pointSize, splitPoints } from '../../models/latent/draws.ts'
import { createRng, shuffle } from '../../models/random.ts'
import type { Vectors } from '../evaluate/distances.ts'
import { precisionRecall } from '../evaluate/precision-recall.ts'
import type { Images } from '../step/images.ts'
import type { OnnxRuntime } from '../step/onnx-engine.ts'
import { type OnnxModel, openOnnxModel } from '../step/run/onnx-model.ts'
import { fitGaussian, frechetDistance } from './frechet.ts'
import type { JudgeFiles } from './judge-files.ts'
import { type Classified, type Classifier, openClassifier } from './open-classifier.ts'

/** How many samples are judged, and with which draws. */
export interface SampleOptions {
  /** Samples without a class; at most as many as there are test images. */
  samples: number
  /** Samples of each class. */
  perClass: number
  /** An integer in [0, 2³²). */
  seed: number
}

/** Probability of the likeliest class above which the judge is called confident. */
const CONFIDENT = 0.9
const BATCH = 500

/** A judge that classifies samples and compares them with test images. */
export interface SampleJudge {
  classifier: Classifier
  /** Figures of a set of images, and the images they were made of. */
  judgeSet(pixels: Float32Array, count: number): Promise<Judgement['samples']>
  /** @returns the judgement, and the samples without a class, [samples, D_x] */
  judgeSamples(model: OnnxModel, card: Card): Promise<{ judgement: SampleJudgement; images: Float32Array }>
  /** The same of a model's files. */
  judgeFiles(card: Card, files: { encoder: Uint8Array; decoder: Uint8Array }): Promise<SampleJudgement>
  close(): Promise<void>
}

/** Opens a judge and classifies the test images that samples are compared with. */
export async function openSampleJudge(
  { card: judgeCard, classifier: bytes }: JudgeFiles,
  test: Images,
  { samples, perClass, seed }: SampleOptions,
): Promise<SampleJudge> {
  const classifier = await openClassifier(bytes)
  const tests = await classifier.classify(toIntensities(test.pixels), test.count)
  const gaussian = fitGaussian(tests.features, judgeCard.architecture.features)
  const points = pickVectors(tests, chooseImages(test, samples, seed))

  async function judgeSet(pixels: Float32Array, count: number): Promise<Judgement['samples']> {
    const { images, features, confidence } = await classifier.classify(pixels, count)
    const drawn = vectors(features, images)
    return {
      images,
      confident: confidence.filter(probability => probability > CONFIDENT).length / images,
      frechet: frechetDistance(fitGaussian(features, drawn.dimensions), gaussian),
      ...(await precisionRecall(points, drawn)),
    }
  }

  /** Null where a class had no training images, so that the model cannot draw it. */
  async function judgeClasses(model: OnnxModel, card: Card): Promise<Judgement['byClass']> {
    const labels = placedClasses(card)
    if (labels.length < card.dataset.classes.length) return null
    const accuracy: number[] = []
    for (const label of labels) {
      const drawn = await sampleImages(model, card, { n: perClass, seed, class: label })
      const { classes } = await classifier.classify(drawn, perClass)
      accuracy.push(classes.filter(found => found === label).length / perClass)
    }
    return {
      imagesPerClass: perClass,
      accuracy,
      mean: accuracy.reduce((a, b) => a + b) / accuracy.length,
      worst: Math.min(...accuracy),
    }
  }

  async function judgeSamples(model: OnnxModel, card: Card) {
    requireSameTests(judgeCard, card)
    const images = await sampleImages(model, card, { n: samples, seed })
    const judgement: SampleJudgement = {
      judge: { dataset: judgeCard.dataset.name, version: judgeCard.version },
      seed,
      byClass: await judgeClasses(model, card),
      samples: await judgeSet(images, samples),
    }
    return { judgement, images }
  }

  return {
    classifier,
    judgeSet,
    judgeSamples,
    async judgeFiles(card, files) {
      const model = await openOnnxModel(ort as OnnxRuntime, files, card.architecture)
      const { judgement } = await judgeSamples(model, card).finally(() => model.close())
      return judgement
    },
    close: () => classifier.close(),
  }
}

/**
 * Samples are compared with the test images alone: a model may have learned fewer training images than the judge.
 *
 * @throws Error when the model is one of other data
 */
function requireSameTests({ dataset, architecture: { height, width } }: JudgeCard, card: Card): void {
  const differences = testDataDifferences({ ...dataset, height, width }, card.dataset)
  if (differences.length === 0) return
  throw new Error(
    `${card.id}: the judge of ${dataset.name} was trained on other data than the model: ${differences.join('; ')}`,
  )
}

/** Decoded samples, [n, D_x]. */
export function sampleImages(
  model: OnnxModel,
  card: Card,
  options: { n: number; seed: number; class?: number },
): Promise<Float32Array> {
  return decodePoints(model, card, drawSamples(card, options))
}

/** Decoded points, z or of a conditional model z and y: [n, D_x]. */
export async function decodePoints(
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

/** Rows of numbers, as distances take them. */
export function vectors(data: Float32Array, count: number): Vectors {
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
export function chooseImages(images: Images, count: number, seed: number): Uint32Array {
  const all = Uint32Array.from({ length: images.count }, (_, i) => i)
  return shuffle(createRng(seed, 'judge'), all).slice(0, count).sort()
}
