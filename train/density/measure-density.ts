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
 */
export function measureDensity(
  fitted: Posteriors,
  heldOut: Posteriors,
  { train, classes }: Pick<Dataset, 'train' | 'classes'>,
  chosen: Fold,
  { latentDim, seed, covariance, spread, onFit }: DensityOptions & { latentDim: number; seed: number },
): Density {
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
      onFit: (what, fitted) => onFit?.(`density of ${what}: ${describeFit(fitted)}`),
    },
  )
  return spread === undefined || spread === 1 ? density : narrowDensity(density, spread)
}

function describeFit({ weights, images, heldOutImages, heldOutLogLikelihood }: Density['whole']): string {
  if (images === 0)
    return 'no training images: the density of all images is stored, and this class cannot be sampled'
  const components = weights.length === 1 ? 'one component' : `${weights.length} components`
  if (heldOutImages > 0) return `${components}, ${heldOutLogLikelihood?.toFixed(3)} nats a held-out draw`
  const count = images === 1 ? 'one image' : `${images} images`
  return `${components}, shrunk towards all images: ${count}, none of them held out to choose the number of components`
}
