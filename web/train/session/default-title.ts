import { SOURCES } from '../data/known-sets.ts'
import type { Recipe } from '../recipe.ts'

/** A run's title until the visitor changes it. */
export function defaultTitle(recipe: Recipe): string {
  const data = { own: 'My images', drawn: 'My drawings' }
  const source = recipe.data in data ? data[recipe.data as 'own'] : SOURCES[recipe.data as 'mnist'].title
  const kind = recipe.kind === 'ae' ? 'AE' : recipe.beta === 1 ? 'VAE' : `VAE, β = ${recipe.beta}`
  return `${source}: ${kind}, ${recipe.layers} ${recipe.layers === 1 ? 'layer' : 'layers'}, ${recipe.latent} latent ${recipe.latent === 1 ? 'number' : 'numbers'}`
}
