/** What of a model decides whether to begin with it. */
export interface Candidate {
  dataset?: string
  kind?: string
  latentDim?: number
  /** Whether its files are there; they are where it does not say. */
  available?: boolean
}

/**
 * The model to begin with where none is asked for: a VAE whose two latent dimensions fill a plane, of digits if there
 * is one; else the first that is available.
 *
 * @param list in the order of their ids
 */
export function firstModel<T extends Candidate>(list: readonly T[]): T | undefined {
  const there = list.filter(model => model.available !== false)
  const planar = there.filter(model => model.kind === 'vae' && model.latentDim === 2)
  return planar.find(model => model.dataset === 'mnist') ?? planar[0] ?? there[0]
}
