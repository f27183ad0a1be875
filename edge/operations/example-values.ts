import type { Card } from '../../models/card.ts'
import { placedClasses } from '../../models/latent/draws.ts'
import { classEndpoint } from '../../models/latent/endpoints.ts'

/**
 * A class for examples: the `wanted`-th of the classes that can be sampled, or the last if there are fewer. It is given by
 * its index, or by its name if another class has that index as its name. Undefined if no class can be sampled.
 */
export function exampleClass(card: Card, wanted: number): string | undefined {
  const placed = placedClasses(card)
  if (placed.length === 0) return undefined
  const index = placed[Math.min(wanted, placed.length - 1)]
  return classEndpoint(card.dataset.classes, index).slice('class:'.length)
}

/** A stop of an interpolation: a class, of a conditional model in a style; a seed where the model has no classes. */
export function exampleStop(card: Card, wanted: number): string {
  const name = exampleClass(card, wanted)
  if (name === undefined) return `seed:${wanted}`
  return card.architecture.classes === undefined ? `class:${name}` : `class:${name}@seed:5`
}

/** Two points of the latent space. */
export function examplePoints({ architecture }: Card): number[][] {
  return [
    [0.5, -1.2],
    [1, 1],
  ].map(([first, second]) =>
    Array.from({ length: architecture.latentDim }, (_, k) => (k === 0 ? first : k === 1 ? second : 0)),
  )
}
