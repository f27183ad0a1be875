import { drawPosterior } from '../../models/latent/posterior.ts'
import type { Density, FittedMixture, Mixture } from '../../models/latent-statistics.ts'
import { createRng, normals, shuffle } from '../../models/random.ts'
import { pickRows } from '../../models/rows.ts'
import type { Posteriors } from '../step/run/onnx-model.ts'
import { choleskyRows, fitMixture, meanLogDensity, moments } from './fit-mixture.ts'
import { fitSharedMixture } from './fit-shared-mixture.ts'

/** Posteriors of some images (of an AE its latents), and their classes where they have any. */
export interface LabelledPosteriors extends Posteriors {
  /** [n]. */
  labels: Uint8Array | null
}

/** A covariance for each component of a mixture, or one for all. */
export const COVARIANCES = ['full', 'shared'] as const
/** One of `COVARIANCES`. */
export type Covariance = (typeof COVARIANCES)[number]

/** Options of `fitDensity`. */
export interface FitDensityOptions {
  latentDim: number
  /** Number of classes; 0 where the data has none. */
  classes: number
  /** Their names, for `onFit`. */
  names?: readonly string[]
  seed: number
  /** A covariance for each component, or one for all. Default `full`. */
  covariance?: Covariance
  /** Numbers of components to try, ascending. */
  components?: readonly number[]
  onFit?: (what: string, fitted: FittedMixture) => void
}

/** Numbers of components to try by default. */
const COMPONENTS: Record<Covariance, readonly number[]> = {
  full: [1, 2, 5, 10, 20],
  shared: [1, 10, 50, 100, 200, 300],
}
/** Draws from each image's posterior. */
const DRAWS = 2
/** Points a fit takes; from more, as many are chosen at random. */
const MOST_POINTS = 12_000
/** Digits of the numbers kept. */
const DIGITS = 4

/**
 * Fits the aggregated posterior: mixtures over draws from the posteriors of training images, one over all and one for
 * each class. Of the numbers of components tried, in ascending order, the first one is kept after which the log-likelihood of
 * draws for held-out images no longer rises. A class with no held-out images, or with fewer draws than a covariance takes,
 * has one component, whose covariance is shrunk towards that of all images.
 *
 * @param fitted posteriors of the images to fit to
 * @param heldOut posteriors of other training images
 * @throws RangeError when there are no images to fit to, or none held out
 */
export function fitDensity(
  fitted: LabelledPosteriors,
  heldOut: LabelledPosteriors,
  options: FitDensityOptions,
): Density {
  const { classes, names, seed, onFit } = options
  const draw = (label: number | null) =>
    [fitted, heldOut].map((posteriors, k) => drawPoints(posteriors, label, options, ['fit', 'held-out'][k]))
  const all = draw(null)
  const select = (label: number | null, name: string) => {
    const [train, held] = label === null ? all : draw(label)
    const isSmall = train.z.length / options.latentDim < 2 * options.latentDim
    const mixture =
      label !== null && (isSmall || held.images === 0)
        ? fitFew(train, held, all[0], options.latentDim)
        : chooseMixture(train, held, name, options)
    onFit?.(name, mixture)
    return mixture
  }
  const labelled = fitted.labels && heldOut.labels
  return {
    seed,
    draws: DRAWS,
    whole: select(null, 'all images'),
    classes: labelled ? Array.from({ length: classes }, (_, c) => select(c, `class ${names?.[c] ?? c}`)) : [],
  }
}

/** The density with every component's standard deviations multiplied by `spread`, in (0, 1]. See `Density.spread`. */
export function narrowDensity(density: Density, spread: number): Density {
  if (!(spread > 0 && spread <= 1)) {
    throw new RangeError(`spread: expected a number above 0, at most 1, got ${spread}`)
  }
  const narrow = (mixture: FittedMixture): FittedMixture => ({
    ...mixture,
    factors: mixture.factors.map(factor => factor.map(value => round(value * spread))),
  })
  const { seed, draws, whole, classes } = density
  return { seed, draws, spread, whole: narrow(whole), classes: classes.map(narrow) }
}

interface Points {
  images: number
  /** [images · draws, D_z], or fewer. */
  z: Float32Array
}

/** Draws from the posteriors of one class's images, or of all. */
function drawPoints(
  { mu, logvar, labels }: LabelledPosteriors,
  label: number | null,
  { latentDim: d, seed }: FitDensityOptions,
  role: string,
): Points {
  const rows = Array.from({ length: mu.length / d }, (_, i) => i).filter(
    i => label === null || labels?.[i] === label,
  )
  const stream = [role, label ?? 'all'] as const
  const chosen = shuffle(createRng(seed, 'density order', ...stream), rows.slice()).slice(
    0,
    Math.ceil(MOST_POINTS / DRAWS),
  )
  const take = (values: Float32Array) => pickRows(values, d, chosen)
  if (!logvar) return { images: rows.length, z: take(mu) }
  const eps = normals(createRng(seed, 'density', ...stream), new Float32Array(DRAWS * chosen.length * d))
  return { images: rows.length, z: drawPosterior(take(mu), take(logvar), eps) }
}

function chooseMixture(
  train: Points,
  held: Points,
  name: string,
  { latentDim: d, seed, covariance = 'full', components = COMPONENTS[covariance] }: FitDensityOptions,
): FittedMixture {
  if (train.images === 0 || held.images === 0) {
    throw new RangeError(
      `density of ${name}: expected images to fit to and to hold out, got ${train.images} and ${held.images}`,
    )
  }
  let best: { mixture: Mixture; value: number } | undefined
  for (const count of components) {
    // A component needs more points than it has free numbers.
    const fewest = covariance === 'full' ? 2 * d : d
    if (count > 1 && train.z.length / d < count * fewest) break
    const fitComponents = covariance === 'full' ? fitMixture : fitSharedMixture
    const mixture = rounded(fitComponents(train.z, d, { components: count, seed }))
    const value = meanLogDensity(mixture, held.z)
    if (best && value <= best.value) break
    best = { mixture, value }
  }
  return {
    ...best!.mixture,
    images: train.images,
    heldOutImages: held.images,
    heldOutLogLikelihood: Number(best!.value.toPrecision(6)),
  }
}

/**
 * One Gaussian for a class of few images: their mean, and a covariance that counts as many draws from all images as it has
 * free directions, 2·D_z, beside its own. Without images it is the Gaussian of all.
 */
function fitFew(train: Points, held: Points, all: Points, d: number): FittedMixture {
  const [own, others] = [train, all].map(({ z }) => {
    const n = z.length / d
    return n === 0 ? undefined : { n, ...moments(z, d, new Float64Array(n).fill(1), n) }
  })
  const [n, prior] = [own?.n ?? 0, 2 * d]
  const covariance = others!.covariance.map(
    (value, i) => (n * (own?.covariance[i] ?? 0) + prior * value) / (n + prior),
  )
  const mixture = rounded({
    weights: [1],
    means: [(own ?? others)!.mean],
    factors: [choleskyRows(covariance, d)],
  })
  return {
    ...mixture,
    images: train.images,
    heldOutImages: held.images,
    ...(held.images > 0 && {
      heldOutLogLikelihood: Number(meanLogDensity(mixture, held.z).toPrecision(6)),
    }),
  }
}

/** The mixture as a card keeps it; measured after rounding. */
function rounded({ weights, means, factors }: Mixture): Mixture {
  return {
    weights: weights.map(round),
    means: means.map(mean => mean.map(round)),
    factors: factors.map(factor => factor.map(round)),
  }
}

function round(value: number): number {
  return Number(value.toPrecision(DIGITS))
}
