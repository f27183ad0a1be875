import type { Card } from '../../../models/card.ts'
import { placedClasses } from '../../../models/latent/draws.ts'
import type { Latents } from '../../../models/latent/encoded-set.ts'
import type { Backdrop } from './plane-backdrop.ts'
import { type Projection, project } from './projection.ts'

/** The classes' names for a plane, each at the mean of the class's training images. */
export function classNames(card: Card, projection: Projection): Backdrop['names'] {
  return placedClasses(card).map(index => {
    const [u, v] = project(projection, Float32Array.from(card.latent.classes[index].mean))
    return { text: card.dataset.classes[index], at: [u, v] as const, index }
  })
}

/**
 * Counts the classes of the `k` test images nearest to a point, most frequent first.
 *
 * @param z [D_z]
 */
export function nearestClasses(
  latents: Latents,
  z: Float32Array,
  k: number,
): { index: number; count: number }[] {
  const { mu, label, images } = latents
  if (!label) return []
  const nearest: { distance: number; index: number }[] = []
  let worst = Number.POSITIVE_INFINITY
  for (let i = 0; i < images; i++) {
    let distance = 0
    for (let d = 0; d < z.length; d++) distance += (mu[i * z.length + d] - z[d]) ** 2
    if (distance >= worst) continue
    nearest.push({ distance, index: label[i] })
    nearest.sort((a, b) => a.distance - b.distance)
    if (nearest.length > k) nearest.pop()
    if (nearest.length === k) worst = nearest[k - 1].distance
  }
  const counts = new Map<number, number>()
  for (const { index } of nearest) counts.set(index, (counts.get(index) ?? 0) + 1)
  return [...counts].map(([index, count]) => ({ index, count })).sort((a, b) => b.count - a.count)
}
