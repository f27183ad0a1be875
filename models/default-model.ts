/** What of a model decides whether to begin with it. */
export interface Candidate {
  id?: string
  dataset?: string
  kind?: string
  latentDim?: number
  /** Whether its files are there; they are where it does not say. */
  available?: boolean
}

/**
 * The model to begin with where none is asked for: a VAE whose two latent dimensions fill a plane, of digits if there
 * is one, and among those the one called best; else the first that is available.
 *
 * @param list in the order of their ids
 */
export function firstModel<T extends Candidate>(list: readonly T[]): T | undefined {
  const there = list.filter(model => model.available !== false)
  const planar = there.filter(model => model.kind === 'vae' && model.latentDim === 2)
  const digits = planar.filter(model => model.dataset === 'mnist')
  const best = (models: T[]) => models.find(model => model.id?.endsWith('-best')) ?? models[0]
  return best(digits) ?? best(planar) ?? there[0]
}
