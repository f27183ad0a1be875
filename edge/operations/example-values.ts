import type { Card } from '../../models/card.ts'

/** A class of the model for examples, by its index: the `wanted`-th, or the last of fewer. Undefined without classes. */
export function exampleClass({ dataset }: Card, wanted: number): string | undefined {
  const { length } = dataset.classes
  return length === 0 ? undefined : String(Math.min(wanted, length - 1))
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
