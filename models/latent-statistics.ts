import { z } from 'zod'
import { Numbers } from './numbers-schema.ts'

/** Gaussian summary of mu over some training images: mean [D_z] and covariance [D_z, D_z]. */
export const Moments = z.strictObject({
  /** 0 for a class without training images, which cannot be sampled. */
  images: z.int().min(0),
  mean: Numbers,
  covariance: z.array(Numbers),
})
export type Moments = z.infer<typeof Moments>

/** A Gaussian mixture in D_z dimensions, with a full covariance for each component or one for all. */
export const Mixture = z.strictObject({
  /** [K], sum 1. */
  weights: z.array(z.number().positive()).min(1),
  /** [K, D_z]. */
  means: z.array(Numbers),
  /**
   * [K or 1, D_z·(D_z + 1)/2]: each component's lower-triangular Cholesky factor L, covariance L·Lᵀ, row by row without
   * the zeros above the diagonal. A single one is that of every component.
   */
  factors: z.array(Numbers).min(1),
})
export type Mixture = z.infer<typeof Mixture>

/** A mixture, with the images it was fitted to and its log density on others. */
export const FittedMixture = z.strictObject({
  ...Mixture.shape,
  /** Training images whose posteriors it was fitted to; 0 for a class that has none. */
  images: z.int().min(0),
  /** Training images that were held out of the fit while the number of components was chosen. */
  heldOutImages: z.int().min(0),
  /** Mean log density of a draw from the posterior of a held-out image, nats; absent where none was held out. */
  heldOutLogLikelihood: z.number().optional(),
})
export type FittedMixture = z.infer<typeof FittedMixture>

/**
 * The latent density that samples are drawn from: mixtures fitted to draws from the posteriors of training images, one
 * over all images and one for each class (in the order of dataset.classes; empty if the data has no classes).
 */
export const Density = z.strictObject({
  /** Seed of the draws and of the fit. */
  seed: z.int().min(0),
  /** Draws from each image's posterior. */
  draws: z.int().min(1),
  /**
   * Factor by which the fitted standard deviations were multiplied; absent for 1. Below 1, draws stay nearer to the
   * latents of training images: fewer ambiguous images, less diversity. The held-out log-likelihoods are those of the
   * unscaled fit.
   */
  spread: z.number().positive().max(1).optional(),
  whole: FittedMixture,
  classes: z.array(FittedMixture),
})
export type Density = z.infer<typeof Density>

/** The aggregate posterior 1/n Σ q(z|x_i) of training images beside the prior that samples may be drawn from. */
export const AggregatePosterior = z.strictObject({
  /** Seed of the choice of images and of the draws. */
  seed: z.int().min(0),
  /** Training images in the mixture. */
  images: z.int().min(1),
  /** KL of the aggregate posterior to the prior, nats, and its standard error over the draws. */
  klToPrior: z.number(),
  standardError: z.number().min(0),
  /** Number of draws that make up the support, and of draws of each kind that are looked for in it. */
  draws: z.int().min(1),
  /**
   * Share of draws from the prior outside the support: the union of balls around draws from the aggregate posterior,
   * each with its distance to the third nearest as radius.
   */
  priorOutside: z.number().min(0).max(1),
  /** The same of draws from the posteriors of images that were held out of training. */
  heldOutOutside: z.number().min(0).max(1),
})
export type AggregatePosterior = z.infer<typeof AggregatePosterior>
