import * as ort from 'onnxruntime-node'
import type { Card } from '../../models/card.ts'
import { toIntensities } from '../../models/images/grey.ts'
import type { Judgement } from '../../models/judgement.ts'
import { placedClasses } from '../../models/latent/draws.ts'
import { locate } from '../../models/latent/endpoints.ts'
import type { Dataset } from '../data/dataset.ts'
import { nearestSquared, type Vectors } from '../evaluate/distances.ts'
import { NEIGHBOURS } from '../evaluate/precision-recall.ts'
import { pickPixels } from '../step/images.ts'
import type { OnnxRuntime } from '../step/onnx-engine.ts'
import { type OnnxModel, openOnnxModel } from '../step/run/onnx-model.ts'
import type { JudgeFiles } from './judge-files.ts'
import { chooseImages, decodePoints, openSampleJudge, type SampleOptions, vectors } from './judge-samples.ts'
import type { Classifier } from './open-classifier.ts'

/** How many images are judged, and with which draws. */
export interface JudgeOptions extends SampleOptions {
  /** Samples whose nearest training image is looked for. */
  nearest: number
}

/** The numbers of samples and the seed of a judgement. */
export const DEFAULTS: JudgeOptions = { samples: 2000, perClass: 1000, nearest: 1000, seed: 1 }

/** Seeds whose styles are written in. */
const STYLES = 20

/** An opened judge. It has classified the images of its data set already, which all models of the data set share. */
export interface Judge {
  judgeModel(card: Card, files: { encoder: Uint8Array; decoder: Uint8Array }): Promise<Judgement>
  close(): Promise<void>
}

/**
 * Opens a judge and measures training images against test images.
 *
 * @throws RangeError when more samples are asked for than there are images to compare them with
 */
export async function openJudge(files: JudgeFiles, dataset: Dataset, options: JudgeOptions): Promise<Judge> {
  const { samples, nearest, seed } = options
  const { train, test } = dataset
  requireAtMost('samples', samples, Math.min(train.count, test.count))
  requireAtMost('nearest', nearest, Math.min(samples, test.count))
  const judge = await openSampleJudge(files, test, options)
  const trainPixels = toIntensities(pickPixels(train, chooseImages(train, samples, seed)))
  const trainingImages = await judge.judgeSet(trainPixels, samples)
  const allTraining = vectors(toIntensities(train.pixels), train.count)
  const testNearest = await nearestDistances(
    toIntensities(pickPixels(test, chooseImages(test, nearest, seed))),
    nearest,
    allTraining,
  )
  return {
    async judgeModel(card, { encoder, decoder }) {
      const model = await openOnnxModel(ort as OnnxRuntime, { encoder, decoder }, card.architecture)
      const { judgement, images } = await judge.judgeSamples(model, card)
      const written = await judgeWriting(model, card, judge.classifier)
      await model.close()
      const size = card.architecture.inputDim
      const sampleNearest = await nearestDistances(images.subarray(0, nearest * size), nearest, allTraining)
      const limit = percentile(testNearest, 0.01)
      return {
        ...judgement,
        ...(written && { written }),
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
    close: judge.close,
  }
}

/**
 * Every class of one character, written in the styles of the first seeds as `write` writes it; undefined where there is
 * none, or one had no training images.
 */
async function judgeWriting(
  model: OnnxModel,
  card: Card,
  classifier: Classifier,
): Promise<Judgement['written']> {
  const labels = card.dataset.classes.flatMap((name, label) => ([...name].length === 1 ? [label] : []))
  const placed = placedClasses(card)
  if (labels.length === 0 || !labels.every(label => placed.includes(label))) return undefined
  const places = Array.from({ length: STYLES }, (_, seed) =>
    labels.map(label => locate({ class: label, style: { seed } }, card)),
  ).flat()
  const points = Float32Array.from(places.flatMap(point => [...point]))
  const { classes } = await classifier.classify(await decodePoints(model, card, points), places.length)
  const read = classes.filter((found, i) => found === labels[i % labels.length]).length
  return { seeds: STYLES, characters: places.length, read }
}

/** Distances of images to their nearest training image. */
async function nearestDistances(
  images: Float32Array,
  count: number,
  training: Vectors,
): Promise<Float32Array> {
  return (await nearestSquared(vectors(images, count), training, 1)).map(Math.sqrt)
}

function summary(distances: Float32Array): { firstPercentile: number; median: number } {
  return { firstPercentile: percentile(distances, 0.01), median: percentile(distances, 0.5) }
}

/** The quantile of a list, as one of its values. @param share from 0 to 1 */
function percentile(values: Float32Array, share: number): number {
  return values.toSorted()[Math.min(values.length - 1, Math.floor(share * values.length))]
}

function requireAtMost(field: string, got: number, most: number): void {
  if (got > most)
    throw new RangeError(`${field}: expected at most ${most} (images to compare with), got ${got}`)
}
