import type { Latency, Quantile } from './result.ts'
import { QUANTILES } from './result.ts'

/** Lag in milliseconds that timers and the event loop cost on an idle machine. */
const NEGLIGIBLE = 0.5

/**
 * The latency without the quantiles that are mostly the generators' own lag: latency counts from the scheduled time, so
 * it includes the time by which a request was sent too late. A quantile is withheld when the same quantile of the lag
 * is more than half of it and more than 0.5 ms.
 */
export function withholdUnresolved(
  latency: Latency,
  lag: Latency,
): { latency: Latency; unresolved: Quantile[] } {
  const unresolved = QUANTILES.filter(key => {
    const [total, late] = [latency[key], lag[key]]
    return total !== null && late !== null && late > NEGLIGIBLE && late > total / 2
  })
  const withheld = Object.fromEntries(unresolved.map(key => [key, null]))
  return { latency: { ...latency, ...withheld }, unresolved }
}
