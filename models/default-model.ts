/** The properties by which the default model is chosen. */
export interface Candidate {
  id?: string
  dataset?: string
  kind?: string
  latentDim?: number
  /** Whether it decodes a latent with a class. */
  conditional?: boolean
  /** Whether its files exist; true if absent. */
  available?: boolean
}

/**
 * Chooses the default model: first a conditional one, which draws the class that is asked for, then a VAE with two
 * latent dimensions, which fill a plane. Within each group models of digits come first, and among those the one called
 * best. Otherwise it is the first available model.
 *
 * @param list in the order of their ids
 */
export function chooseDefaultModel<T extends Candidate>(list: readonly T[]): T | undefined {
  const there = list.filter(model => model.available !== false)
  const best = (models: T[]) => models.find(model => model.id?.endsWith('-best')) ?? models[0]
  const digitsFirst = (models: T[]) => best(models.filter(model => model.dataset === 'mnist')) ?? best(models)
  const conditional = there.filter(model => model.conditional)
  const planar = there.filter(model => model.kind === 'vae' && model.latentDim === 2)
  return digitsFirst(conditional) ?? digitsFirst(planar) ?? there[0]
}
