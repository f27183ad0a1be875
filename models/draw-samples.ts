import { classIndex, drawClass, drawPrior, type LatentSpace } from './latent.ts'

/** Which latents a sample is drawn from. */
export interface SampleOptions {
  /** How many. */
  n: number
  seed: number
  /** A class, by name or index; any where absent. */
  class?: string | number
  /** Multiple of the standard deviation drawn with. Default 1. */
  temperature?: number
}

/**
 * The latents that `sample` decodes: from the Gaussian of a class, else from the prior. A longer draw starts with the
 * shorter one's points.
 *
 * @returns [n, D_z]
 * @throws ValueError (field "class") when there is no such class
 */
export function drawSamples(space: LatentSpace, options: SampleOptions): Float32Array {
  const { n, seed, temperature = 1 } = options
  if (options.class === undefined) return drawPrior(space.prior, n, seed, temperature)
  return drawClass(
    space.latent.classes[classIndex(space.dataset.classes, options.class)],
    n,
    seed,
    temperature,
  )
}
