import { SOURCES } from '../data/known-sets.ts'
import type { Recipe } from '../recipe.ts'

/** What a run is called until the visitor names it. */
export function titleOf(recipe: Recipe): string {
  const data = { own: 'My images', drawn: 'My drawings' }
  const source = recipe.data in data ? data[recipe.data as 'own'] : SOURCES[recipe.data as 'mnist'].title
  const kind = recipe.kind === 'ae' ? 'AE' : recipe.beta === 1 ? 'VAE' : `VAE, β = ${recipe.beta}`
  return `${source}: ${kind}, ${recipe.layers} ${recipe.layers === 1 ? 'layer' : 'layers'}, ${recipe.latent} latent ${recipe.latent === 1 ? 'number' : 'numbers'}`
}
