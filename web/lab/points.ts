import type { Card } from '../../models/card.ts'
import { splitPoints } from '../../models/latent/draws.ts'
import { oneHot } from '../../models/one-hot.ts'
import { joinRows } from '../../models/rows.ts'
import type { State } from './state/state.ts'

/**
 * The decoder's input for latents: z itself; for a conditional model, z followed by the one-hot class.
 *
 * @param z [n, D_z]
 * @param label index of the class, or one for each z
 * @returns [n, D_z] or [n, D_z + classes]
 */
export function withClass(
  { architecture: { classes, latentDim } }: Card,
  z: Float32Array,
  label: number | ArrayLike<number>,
): Float32Array {
  if (classes === undefined) return z
  const n = z.length / latentDim
  const labels = typeof label === 'number' ? new Uint8Array(n).fill(label) : label
  return joinRows([z, oneHot(labels, classes)], n)
}

/** The latents of points: [n, D_z]. @param points as `withClass` gives them */
export function latentsOf({ architecture }: Card, points: Float32Array): Float32Array {
  return architecture.classes === undefined ? points : splitPoints(points, architecture).z
}

/** Whether the model is conditional: decodes z with a class. */
export function isConditional({ architecture }: Card): boolean {
  return architecture.classes !== undefined
}

/** The class that a conditional model decodes with, by the state. */
export function classOf({ y }: Pick<State, 'y'>, { architecture }: Card): number {
  return Math.min(y, (architecture.classes ?? 1) - 1)
}
