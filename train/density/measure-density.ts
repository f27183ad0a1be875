import type { Density } from '../../models/latent-statistics.ts'
import type { Dataset } from '../data/dataset.ts'
import type { Fold } from '../step/folds.ts'
import type { Posteriors } from '../step/run/onnx-model.ts'
import { type Covariance, fitDensity, narrowDensity } from './fit-density.ts'

/** How a model's density is fitted. */
export interface DensityOptions {
  /** A covariance for each component, or one for all. Default `full`. */
  covariance?: Covariance
  /** What the fitted standard deviations are multiplied by, above 0, at most 1; see `Density.spread`. Default 1. */
  spread?: number
  /** Called with a line for each mixture fitted. */
  onFit?: (line: string) => void
}

/**
 * The latent density of a model: fitted to the training images of a fold, components chosen on its validation images.
 *
 * @param fitted posteriors of the fold's training images
 * @param heldOut posteriors of its validation images
 * @throws Error when a class has no images to fit to, or none to hold out
 */
export function measureDensity(
  fitted: Posteriors,
  heldOut: Posteriors,
  { train, classes }: Pick<Dataset, 'train' | 'classes'>,
  chosen: Fold,
  { latentDim, seed, covariance, spread, onFit }: DensityOptions & { latentDim: number; seed: number },
): Density {
  requireEachClass({ train, classes }, chosen)
  const labels = (indices: Uint32Array) => train.labels && Uint8Array.from(indices, i => train.labels![i])
  const density = fitDensity(
    { ...fitted, labels: labels(chosen.train) },
    { ...heldOut, labels: labels(chosen.validation) },
    {
      latentDim,
      classes: classes.length,
      seed,
      covariance,
      names: classes,
      onFit: (what, { weights, heldOutLogLikelihood }) =>
        onFit?.(
          `density of ${what}: ${weights.length} components, ${heldOutLogLikelihood.toFixed(3)} nats a held-out draw`,
        ),
    },
  )
  return spread === undefined || spread === 1 ? density : narrowDensity(density, spread)
}

/** @throws Error when a class has no images to fit its density to, or none to hold out */
function requireEachClass(
  { train: { labels }, classes }: Pick<Dataset, 'train' | 'classes'>,
  { train, validation }: Fold,
): void {
  if (!labels) return
  for (const [label, name] of classes.entries()) {
    const [fitted, held] = [train, validation].map(part => part.filter(i => labels[i] === label).length)
    if (fitted > 0 && held > 0) continue
    throw new Error(
      `--density: expected images of every class to fit to and to hold out, got ${fitted} and ${held} of "${name}"; ` +
        'add images, train on another fold (--fold), or leave --density out',
    )
  }
}
