const BINS = 256

/** A division of values into a lower and an upper part. */
export interface Division {
  /** Values above it are in the upper part. */
  threshold: number
  /**
   * Between-class variance as a share of the total variance: 1 if the values are two numbers, 0.75 for a uniform
   * distribution.
   */
  separation: number
}

/**
 * Otsu's threshold (1979), which maximises the variance between the two parts.
 *
 * @param values in 0…1
 */
export function otsu(values: Iterable<number>): Division {
  const counts = new Float64Array(BINS)
  let total = 0
  for (const value of values) {
    counts[Math.max(0, Math.min(BINS - 1, Math.floor(value * BINS)))]++
    total++
  }
  const mean = (from: number, to: number) => {
    let [n, sum, squares] = [0, 0, 0]
    for (let bin = from; bin < to; bin++) {
      const value = (bin + 0.5) / BINS
      n += counts[bin]
      sum += counts[bin] * value
      squares += counts[bin] * value * value
    }
    return { n, sum, squares }
  }
  const all = mean(0, BINS)
  const variance = total === 0 ? 0 : all.squares / total - (all.sum / total) ** 2
  let best: Division = { threshold: 0.5, separation: 0 }
  let [n, sum] = [0, 0]
  for (let bin = 0; bin < BINS - 1; bin++) {
    n += counts[bin]
    sum += (counts[bin] * (bin + 0.5)) / BINS
    if (n === 0 || n === total) continue
    const apart = sum / n - (all.sum - sum) / (total - n)
    const separation = variance === 0 ? 0 : ((n / total) * (1 - n / total) * apart * apart) / variance
    if (separation > best.separation) best = { threshold: (bin + 1) / BINS, separation }
  }
  return best
}
