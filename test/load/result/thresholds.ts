import { nameOf } from './comparison.ts'
import { type LoadResult, QUANTILES } from './result.ts'

/** A limit on a figure of the result. */
export interface Threshold {
  /** As given: `p99<200ms`. */
  text: string
  /** Kind of request; undefined for all requests. */
  kind?: string
  figure: (typeof FIGURES)[number]
  operator: '<' | '<=' | '>' | '>='
  /** Milliseconds, percent, or replies per second. */
  value: number
}

const FIGURES = ['p50', 'p90', 'p99', 'p99.9', 'max', 'mean', 'errors', 'throughput', 'lag'] as const
const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, us: 0.001, µs: 0.001 }
const FORM =
  /^(?:(?<kind>[^:<>=]+):)?(?<figure>[\w.]+)\s*(?<operator><=|>=|<|>)\s*(?<value>\d+(?:\.\d+)?)\s*(?<unit>[a-zµ%/]*)$/

/**
 * Reads limits such as `p99<200ms,errors<0.1%,throughput>100/s,decode:p90<50ms`.
 *
 * @throws RangeError naming the limit that cannot be read
 */
export function parseThresholds(text: string): Threshold[] {
  return text.split(',').map(part => {
    const groups = FORM.exec(part.trim())?.groups
    const figure = FIGURES.find(name => name === groups?.figure)
    if (!groups || !figure) throw unreadable(part)
    return {
      text: part.trim(),
      ...(groups.kind && { kind: groups.kind.trim() }),
      figure,
      operator: groups.operator as Threshold['operator'],
      value: Number(groups.value) * factorOf(figure, groups.unit, part),
    }
  })
}

function factorOf(figure: Threshold['figure'], unit: string, part: string): number {
  if (figure === 'errors') {
    if (unit === '%') return 1
  } else if (figure === 'throughput') {
    if (unit === '' || unit === '/s') return 1
  } else if (UNITS[unit] !== undefined) return UNITS[unit]
  throw unreadable(part)
}

function unreadable(part: string): RangeError {
  return new RangeError(
    `--threshold: expected limits such as p99<200ms, errors<0.1%, throughput>100/s or decode:p90<50ms, of ${FIGURES.join(', ')}; got ${part.trim()}`,
  )
}

/** The limits that a result misses, a line each. A figure that was not measured misses every limit. */
export function missedThresholds(thresholds: readonly Threshold[], result: LoadResult): string[] {
  return thresholds.flatMap(threshold => {
    const value = figureOf(threshold, result)
    if (value !== null && holds(value, threshold)) return []
    const got = value === null ? 'it was not measured' : `got ${Number(value.toPrecision(4))}`
    const unit = value === null ? '' : unitOf(threshold.figure)
    return [`${threshold.text}: ${got}${unit}`]
  })
}

function holds(value: number, { operator, value: limit }: Threshold): boolean {
  if (operator === '<') return value < limit
  if (operator === '<=') return value <= limit
  return operator === '>' ? value > limit : value >= limit
}

function figureOf({ figure, kind }: Threshold, result: LoadResult): number | null {
  const rows = kind === undefined ? result : result.kinds.find(each => each.name === kind)
  if (!rows) return null
  if (figure === 'errors') return rows.requests === 0 ? null : (100 * rows.failed) / rows.requests
  if (figure === 'throughput') return kind === undefined ? result.throughput : null
  if (figure === 'lag') return result.lag.p99
  if (figure === 'mean') return rows.latency.mean
  const key = QUANTILES.find(each => nameOf(each) === figure)
  return key === undefined ? null : rows.latency[key]
}

function unitOf(figure: Threshold['figure']): string {
  return figure === 'errors' ? '%' : figure === 'throughput' ? '/s' : ' ms'
}
