import type { Latency } from './result.ts'

/**
 * The smallest value that a share `q` of the values do not exceed (nearest rank). Exact, because every request is
 * kept; a histogram would round.
 *
 * @param sorted ascending
 */
export function quantile(sorted: Float64Array, q: number): number | null {
  if (sorted.length === 0) return null
  // In float64, 0.999 · 1000 is slightly above 999 and would round up to 1000.
  const rank = Math.ceil(q * sorted.length - 1e-9)
  return sorted[Math.max(0, rank - 1)]
}

/** @param values in any order; sorted in place */
export function summarize(values: Float64Array): Latency {
  values.sort()
  return {
    p50: quantile(values, 0.5),
    p90: quantile(values, 0.9),
    p99: quantile(values, 0.99),
    p999: quantile(values, 0.999),
    max: quantile(values, 1),
    mean: values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length,
  }
}

/** Latency by quantile for a plot: ten points for each halving of the distance to quantile 1, down to one request. */
export function distribute(sorted: Float64Array): { quantile: number; latency: number }[] {
  const points: { quantile: number; latency: number }[] = []
  for (let i = 0; ; i++) {
    const left = 2 ** (-i / 10)
    if (left * sorted.length < 1) break
    points.push({ quantile: 1 - left, latency: quantile(sorted, 1 - left)! })
  }
  if (sorted.length > 0) points.push({ quantile: 1 - 1 / (2 * sorted.length), latency: quantile(sorted, 1)! })
  return points
}
