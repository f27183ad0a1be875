import { z } from 'zod'
import { Version } from './card.ts'
import { DataIdentity } from './data-identity.ts'

/** A convolutional classifier of grey images: convolutions with ReLU, a dense layer with ReLU, a dense layer. */
export const ClassifierArchitecture = z.strictObject({
  /** Pixels of an image. */
  height: z.int().min(1),
  width: z.int().min(1),
  /** Square kernels of odd size, padded by half of it. */
  convolutions: z.array(
    z.strictObject({
      filters: z.int().min(1),
      kernel: z.int().min(1),
      stride: z.int().min(1),
    }),
  ),
  /** Units of the last hidden layer. */
  features: z.int().min(1),
  classes: z.int().min(2),
})
export type ClassifierArchitecture = z.infer<typeof ClassifierArchitecture>

/** Share of images that are classified correctly. */
const Accuracy = z.strictObject({ images: z.int().min(1), accuracy: z.number().min(0).max(1) })

/**
 * The card of a judge: a classifier that rates generated images of a data set. It is stored beside
 * `classifier.onnx`, whose input is `x` [batch, height · width] in [0, 1] and whose outputs are `features`
 * [batch, features] and `logits` [batch, classes].
 */
export const JudgeCard = z.strictObject({
  /** First 12 hex digits of the SHA-256 over classifier.onnx. */
  version: Version,
  dataset: z.strictObject({ name: z.string(), classes: z.array(z.string()), identity: DataIdentity }),
  architecture: ClassifierArchitecture,
  parameters: z.int().min(1),
  training: z.strictObject({
    epochs: z.int().min(1),
    batch: z.int().min(1),
    learningRate: z.number().positive(),
    seed: z.int().min(0),
    /** Largest random shifts (pixels) and rotations (degrees) of training images, in both directions. */
    augmentation: z.strictObject({ shift: z.number().min(0), rotation: z.number().min(0) }),
    images: z.int().min(1),
    /** Which tenth of the training images was held out. */
    fold: z.int().min(0),
    folds: z.int().min(2),
  }),
  /** On held-out training images, by which the settings were chosen. */
  validation: Accuracy,
  /** On test images, measured once, after the settings had been chosen. */
  test: Accuracy,
  file: z.strictObject({ bytes: z.int().min(1), sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
})
export type JudgeCard = z.infer<typeof JudgeCard>
