import type { Judged } from './compare-judgements.ts'

/** A version's losses on a test set, measured by the gate on the version's files. */
export interface TestMeasurement {
  /** SHA-256 of the set of test images. */
  testSet: string
  images: number
  /** By image, at z = mu: means over pixels and, for a VAE, the KL term in nats. */
  losses: { bce: Float64Array; mse: Float64Array; l1: Float64Array; kl?: Float64Array }
  /** Latent dimensions whose mu varies by more than 0.01. */
  activeUnits: number
  /**
   * Mean squared error between images and the reconstructions of other images. It equals that of their own
   * reconstructions if the latent carries no information. NaN for a single image.
   */
  shuffledMse: number
  /** By image, whether the version was trained on it; absent where its training images are not known. */
  isTrained?: readonly boolean[]
}

/** A version as the gate sees it. */
export interface MeasuredVersion extends Judged {
  /** Measurements by test set: first that of its own data, then that of the data of the version it would replace. */
  measured: readonly TestMeasurement[]
}

/** The limits of the gate. */
export const GATE = {
  /** Largest absolute difference of a runtime's outputs from TF.js's, by weight precision. */
  parity: { fp32: 1e-3, fp16: 2e-2, int8: 5e-1 },
  /** Runtimes that must have been compared: those that answer on the server and in the browser. */
  runtimes: ['onnxruntime-node', 'onnxruntime-web', 'typescript'],
  /** Percent by which a test metric may be worse than that of the version replaced, and than that of the floor. */
  tolerance: 2,
  /** Largest relative difference between a card's metric and the one measured: float32 sums in another order. */
  card: 1e-3,
  /** Share of the test images that neither version may have been trained on, at least. */
  untouched: 0.5,
  /** Least ratio of the error of other images' reconstructions to that of an image's own. */
  shuffled: 1.001,
} as const
