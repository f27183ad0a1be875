import { normalQuantile } from '../random.ts'

/** Two versions' losses on the same images, compared image by image. */
export interface PairedComparison {
  /** Means over the images. */
  before: number
  now: number
  /** By how many percent of `before` the mean is worse; negative if it is better. */
  percentWorse: number
  /** Whether it is significantly worse by more than the margin. */
  significant: boolean
}

/** Significance level, one-sided: the probability of rejecting a version that is worse by exactly the margin. */
const ALPHA = 0.01

/**
 * A one-sided paired t-test (Student 1908) of losses on the same images: is the new version worse by more than a
 * margin, or may the difference be due to the choice of images?
 *
 * @param before,now losses by image, smaller is better
 * @param margin in percent of `before`
 */
export function comparePaired(
  before: ArrayLike<number>,
  now: ArrayLike<number>,
  margin: number,
): PairedComparison {
  const allowed = 1 + margin / 100
  const n = before.length
  let [sumBefore, sumNow] = [0, 0]
  for (let i = 0; i < n; i++) {
    sumBefore += before[i]
    sumNow += now[i]
  }
  const mean = (sumNow - allowed * sumBefore) / n
  let squares = 0
  for (let i = 0; i < n; i++) squares += (now[i] - allowed * before[i] - mean) ** 2
  const standardError = Math.sqrt(squares / (n - 1) / n)
  return {
    before: sumBefore / n,
    now: sumNow / n,
    percentWorse: (100 * (sumNow - sumBefore)) / Math.abs(sumBefore),
    // Without variance (a single image, equal differences) any worsening counts. The negated comparisons make NaN count
    // as worse.
    significant: n < 2 ? !(mean <= 0) : !(mean <= studentQuantile(1 - ALPHA, n - 1) * standardError),
  }
}

/**
 * The p-quantile of Student's t distribution by its expansion about the normal (Abramowitz and Stegun 26.7.5): within
 * 1% from 5 degrees of freedom on for p up to 0.999.
 */
export function studentQuantile(p: number, degrees: number): number {
  const x = normalQuantile(p)
  const terms = [
    (x ** 3 + x) / 4,
    (5 * x ** 5 + 16 * x ** 3 + 3 * x) / 96,
    (3 * x ** 7 + 19 * x ** 5 + 17 * x ** 3 - 15 * x) / 384,
    (79 * x ** 9 + 776 * x ** 7 + 1482 * x ** 5 - 1920 * x ** 3 - 945 * x) / 92160,
  ]
  return terms.reduce((sum, term, k) => sum + term / degrees ** (k + 1), x)
}
