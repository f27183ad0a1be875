/** What of a model decides whether to begin with it. */
export interface Candidate {
  id?: string
  dataset?: string
  kind?: string
  latentDim?: number
  /** Whether it decodes a latent with a class. */
  conditional?: boolean
  /** Whether its files are there; they are where it does not say. */
  available?: boolean
}

/**
 * The model to begin with where none is asked for: a conditional one, which draws what it is asked for; else a VAE whose
 * two latent dimensions fill a plane; of each those of digits first, and among those the one called best. Else the first
 * that is available.
 *
 * @param list in the order of their ids
 */
export function firstModel<T extends Candidate>(list: readonly T[]): T | undefined {
  const there = list.filter(model => model.available !== false)
  const best = (models: T[]) => models.find(model => model.id?.endsWith('-best')) ?? models[0]
  const digitsFirst = (models: T[]) => best(models.filter(model => model.dataset === 'mnist')) ?? best(models)
  const conditional = there.filter(model => model.conditional)
  const planar = there.filter(model => model.kind === 'vae' && model.latentDim === 2)
  return digitsFirst(conditional) ?? digitsFirst(planar) ?? there[0]
}
