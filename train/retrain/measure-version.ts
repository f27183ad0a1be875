import * as ort from 'onnxruntime-node'
import type { Bucket } from '../../export/registry/stores/bucket.ts'
import type { Card } from '../../models/card.ts'
import { klPerDimension } from '../../models/latent/prior.ts'
import { losses } from '../../models/losses.ts'
import { testSetKey, trainingHashesKey } from '../../models/registry/keys.ts'
import type { TestMeasurement } from '../../models/registry/measured-version.ts'
import { graphsOf, type ModelVersion } from '../../models/registry/version.ts'
import { hashImageSet, hashImages, hashOfHashes } from '../data/identity.ts'
import { known } from '../data/known/known-datasets.ts'
import { loadDataset } from '../data/load-dataset.ts'
import { decodeTestImages, decodeTrainingHashes, type TestImages, testImagesOf } from '../data/test-images.ts'
import { ACTIVE_VARIANCE } from '../step/evaluation.ts'
import { classRows, pickPixels } from '../step/images.ts'
import type { OnnxRuntime } from '../step/onnx-engine.ts'
import { forwardPass, openOnnxModel } from '../step/run/onnx-model.ts'

const BATCH = 500

/**
 * The test images that a card names: from the bucket, or of a known data set where its files are found.
 *
 * @returns undefined where there are none
 * @throws Error when those in the bucket are not those that the card names
 */
export async function findTestImages(bucket: Bucket, card: Card): Promise<TestImages | undefined> {
  const { identity, name } = card.dataset
  if (identity) {
    const key = testSetKey(identity.test.sha256)
    const stored = await bucket.get(key)
    if (stored) return decodeTestImages(stored.bytes, identity.test.sha256, key)
  }
  if (!known.some(set => set.name === name)) return undefined
  const dataset = await loadDataset(name).catch(() => undefined)
  if (!dataset || (identity && hashImageSet(dataset.test, dataset.classes) !== identity.test.sha256))
    return undefined
  return testImagesOf(dataset)
}

/**
 * The hashes of the images that a card's model was trained on: from the bucket, or of a known data set where its files are
 * found.
 *
 * @returns undefined where there are none
 * @throws Error when those in the bucket are not those that the card names
 */
async function findTrainingHashes(bucket: Bucket, card: Card): Promise<Set<string> | undefined> {
  const { identity, name } = card.dataset
  if (!identity) return undefined
  const key = trainingHashesKey(identity.train.sha256)
  const stored = await bucket.get(key)
  if (stored) return decodeTrainingHashes(stored.bytes, identity.train.sha256, key)
  if (!known.some(set => set.name === name)) return undefined
  const dataset = await loadDataset(name).catch(() => undefined)
  if (!dataset) return undefined
  const hashes = hashImages(dataset.train, dataset.classes)
  return hashOfHashes(hashes) === identity.train.sha256 ? new Set(hashes) : undefined
}

/** Measures a version on the test images that a card names, in the form that the gate takes. */
export async function measureOnTests(
  bucket: Bucket,
  version: ModelVersion,
  testsOf: Card,
): Promise<TestMeasurement | undefined> {
  const tests = await findTestImages(bucket, testsOf)
  if (!tests) return undefined
  const trained = await findTrainingHashes(bucket, version.card)
  const isTrained = trained && hashImages(tests.images, tests.classes).map(hash => trained.has(hash))
  return { ...(await measureVersion(version, tests)), ...(isTrained && { isTrained }) }
}

/** Runs a version's files over test images: losses by image at z = mu. */
export async function measureVersion(
  { card, files }: ModelVersion,
  { images, classes, height, width }: TestImages,
): Promise<TestMeasurement> {
  const { architecture, prior } = card
  if (architecture.inputDim !== height * width) {
    throw new Error(
      `${card.id}@${card.version}: expected images of ${architecture.inputDim} pixels, got ${height * width}`,
    )
  }
  const model = await openOnnxModel(ort as OnnxRuntime, graphsOf(files), architecture)
  const run = forwardPass(model)
  const n = images.count
  const measured: TestMeasurement['losses'] = {
    bce: new Float64Array(n),
    mse: new Float64Array(n),
    l1: new Float64Array(n),
    ...(architecture.kind === 'vae' && { kl: new Float64Array(n) }),
  }
  const { latentDim } = architecture
  let shuffled = 0
  let pairs = 0
  const sums = { mu: new Float64Array(latentDim), squares: new Float64Array(latentDim) }
  try {
    for (let from = 0; from < n; from += BATCH) {
      const batch = Uint32Array.from({ length: Math.min(BATCH, n - from) }, (_, i) => from + i)
      const pixels = pickPixels(images, batch)
      const y = architecture.classes ? classRows(images, batch, architecture.classes) : null
      const { mu, logvar, xhat } = await run({ pixels, y, eps: new Float32Array(batch.length * latentDim) })
      for (const [i, image] of batch.entries()) {
        const x = Float64Array.from(
          pixels.subarray(i * height * width, (i + 1) * height * width),
          byte => byte / 255,
        )
        const loss = losses(x, xhat.subarray(i * x.length, (i + 1) * x.length))
        for (const name of ['bce', 'mse', 'l1'] as const) measured[name][image] = loss[name]
        // The next image of the batch; the only image of a batch has no other.
        if (batch.length > 1) {
          const other = (i + 1) % batch.length
          shuffled += losses(x, xhat.subarray(other * x.length, (other + 1) * x.length)).mse
          pairs++
        }
        const [first, last] = [i * latentDim, (i + 1) * latentDim]
        for (let k = 0; k < latentDim; k++) {
          sums.mu[k] += mu[first + k]
          sums.squares[k] += mu[first + k] ** 2
        }
        if (!measured.kl || !logvar) continue
        const kl = klPerDimension(mu.subarray(first, last), logvar.subarray(first, last), prior)
        measured.kl[image] = kl.reduce((a, b) => a + b)
      }
    }
  } finally {
    await model.close()
  }
  const variances = Array.from(sums.squares, (squares, k) => squares / n - (sums.mu[k] / n) ** 2)
  return {
    testSet: hashImageSet(images, classes),
    images: n,
    losses: measured,
    activeUnits: variances.filter(variance => variance > ACTIVE_VARIANCE).length,
    shuffledMse: shuffled / pairs,
  }
}
