import * as ort from 'onnxruntime-node'
import { toIntensities } from '../../models/images/grey.ts'
import type { Images } from '../step/images.ts'

const BATCH = 250

/** The result of classifying images. */
export interface Classified {
  images: number
  /** Units of the last hidden layer, [images, features]. */
  features: Float32Array
  /** The likeliest class of each image. */
  classes: Uint8Array
  /** That class's probability. */
  confidence: Float32Array
}

/** A classifier opened in onnxruntime-node. */
export interface Classifier {
  /** @param x images in [0, 1], [images, height · width] */
  classify(x: Float32Array, images: number): Promise<Classified>
  close(): Promise<void>
}

/** @param bytes an ONNX file with input `x` and outputs `features` and `logits` */
export async function openClassifier(bytes: Uint8Array): Promise<Classifier> {
  const session = await ort.InferenceSession.create(bytes, { intraOpNumThreads: 1, interOpNumThreads: 1 })
  return {
    async classify(x, images) {
      const size = x.length / images
      const classes = new Uint8Array(images)
      const confidence = new Float32Array(images)
      let features = new Float32Array(0)
      for (let from = 0; from < images; from += BATCH) {
        const rows = Math.min(BATCH, images - from)
        const batch = new ort.Tensor('float32', x.subarray(from * size, (from + rows) * size), [rows, size])
        const results = await session.run({ x: batch })
        const part = results.features.data as Float32Array
        if (from === 0) features = new Float32Array((part.length / rows) * images)
        features.set(part, (part.length / rows) * from)
        const logits = results.logits.data as Float32Array
        const width = logits.length / rows
        for (let row = 0; row < rows; row++) {
          const likeliest = softmaxPeak(logits.subarray(row * width, (row + 1) * width))
          classes[from + row] = likeliest.index
          confidence[from + row] = likeliest.probability
        }
      }
      return { images, features, classes, confidence }
    },
    close: () => session.release(),
  }
}

/** Where the softmax of some logits is largest, and its value there. */
function softmaxPeak(logits: Float32Array): { index: number; probability: number } {
  let index = 0
  for (let i = 1; i < logits.length; i++) if (logits[i] > logits[index]) index = i
  const sum = logits.reduce((total, logit) => total + Math.exp(logit - logits[index]), 0)
  return { index, probability: 1 / sum }
}

/** Share of labelled images whose likeliest class is their label. */
export async function accuracy(
  classifier: Classifier,
  { count, pixels, labels }: Images & { labels: Uint8Array },
): Promise<number> {
  const { classes } = await classifier.classify(toIntensities(pixels), count)
  return classes.filter((found, i) => found === labels[i]).length / count
}
