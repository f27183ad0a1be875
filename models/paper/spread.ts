import type { Mean } from './report.ts'

/** Mean and sample standard deviation (n − 1) of some values; no deviation for fewer than three. */
export function spread(values: readonly number[]): Mean {
  const n = values.length
  const mean = values.reduce((a, b) => a + b) / n
  if (n < 3) return { mean, std: null }
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return { mean, std: Math.sqrt(squares / (n - 1)) }
}
