import { nearestSquared, squaredDistances, type Vectors } from './distances.ts'

/** The neighbour whose distance is the radius of a point's ball, as in the paper. */
export const NEIGHBOURS = 3

/** Shares of generated points that look real, and of real points that could be generated. */
export interface PrecisionRecall {
  precision: number
  recall: number
}

/**
 * Improved precision and recall (Kynkäänniemi et al. 2019). Each set stands for the union of balls around its points, each
 * with the distance to the point's k-th nearest neighbour in the set as radius. Precision is the share of generated
 * points in the union of the real ones; recall that of real points in the union of the generated ones.
 *
 * @param real,generated features of equally many images
 */
export async function precisionRecall(
  real: Vectors,
  generated: Vectors,
  k = NEIGHBOURS,
): Promise<PrecisionRecall> {
  return { precision: await shareInside(generated, real, k), recall: await shareInside(real, generated, k) }
}

/** The share of points in the union of balls around the points of a set, of radius to the k-th nearest neighbour. */
export async function shareInside(points: Vectors, set: Vectors, k = NEIGHBOURS): Promise<number> {
  return coveredShare(points, set, await radii(set, k))
}

/** The squared distance of each point to its k-th nearest other point. */
async function radii(set: Vectors, k: number): Promise<Float32Array> {
  // The nearest of the set is the point itself.
  const nearest = await nearestSquared(set, set, k + 1)
  return Float32Array.from({ length: set.count }, (_, i) => nearest[i * (k + 1) + k])
}

/** The share of points that lie in a ball of some squared radius around a centre. */
async function coveredShare(points: Vectors, centres: Vectors, squaredRadii: Float32Array): Promise<number> {
  const covered = new Uint8Array(points.count)
  await squaredDistances(points, centres, ({ query, queries, reference, references, squared }) => {
    for (let row = 0; row < queries; row++) {
      if (covered[query + row]) continue
      for (let j = 0; j < references; j++) {
        if (squared[row * references + j] <= squaredRadii[reference + j]) {
          covered[query + row] = 1
          break
        }
      }
    }
  })
  return covered.reduce((sum, one) => sum + one, 0) / points.count
}
