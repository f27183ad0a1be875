import type { Records } from '../generator.ts'
import { quantile } from '../quantiles.ts'
import type { Latency, Result } from '../result.ts'
import { nameOf, type Ratio } from './comparison.ts'

/** Milliseconds with about three digits, seconds from a second on; a dash for nothing. */
export function formatTime(ms: number | null): string {
  if (ms === null) return '–'
  if (ms >= 9_995) return `${(ms / 1000).toFixed(1)} s`
  if (ms >= 999.5) return `${(ms / 1000).toFixed(2)} s`
  return `${ms.toFixed(ms >= 99.95 ? 0 : ms >= 9.995 ? 1 : 2)} ms`
}

/** Bytes a second in the unit that fits. */
export function formatBytes(bytes: number): string {
  if (bytes >= 1e6) return `${(bytes / 1e6).toFixed(1)} MB`
  return bytes >= 1e3 ? `${(bytes / 1e3).toFixed(1)} kB` : `${Math.round(bytes)} B`
}

/** A share in percent, with more digits the smaller it is. */
export function formatShare(part: number, whole: number): string {
  if (part === 0 || whole === 0) return '0%'
  const percent = (100 * part) / whole
  return `${percent >= 10 ? percent.toFixed(0) : percent.toPrecision(2)}%`
}

/** A ratio to the baseline. */
export const formatRatio = (ratio: number | null) => (ratio === null ? '–' : `×${ratio.toFixed(2)}`)

/** One line on how the last second went. */
export function formatSecond(records: Records, now: number): string {
  const latencies: number[] = []
  let [inFlight, failed] = [0, 0]
  for (let i = records.count - 1; i >= 0 && records.sent[i] > now - 60_000; i--) {
    const ended = records.ended[i]
    if (Number.isNaN(ended)) inFlight++
    else if (ended > now - 1000) {
      if (records.failures[i] === 0) latencies.push(ended - records.scheduled[i])
      else failed++
    }
  }
  const sorted = Float64Array.from(latencies).sort()
  const clock = now < 0 ? 'warm-up' : `${Math.floor(now / 1000)} s`
  return (
    `${clock.padStart(8)}  ${String(latencies.length).padStart(4)}/s  p50 ${formatTime(quantile(sorted, 0.5))}  ` +
    `p99 ${formatTime(quantile(sorted, 0.99))}  in flight ${inFlight}  failed ${failed}`
  )
}

/**
 * Why the figures tell of the generator rather than of the server; undefined if they do not. Latency counts from the
 * scheduled time, so it holds the generator's lateness.
 */
export function generatorBound({ generator, latency }: Result): string | undefined {
  const late = generator.lag.p99
  if (late === null || latency.p99 === null || late < 2 || late < latency.p99 / 4) return undefined
  return (
    `The generator sent 1% of its requests ${formatTime(late)} late or more: a good part of a p99 of ` +
    `${formatTime(latency.p99)}. Something else keeps this machine busy, or the load is more than it can make.`
  )
}

const COLUMNS = ['p50', 'p90', 'p99', 'p999', 'max'] as const

/** A result for a terminal. */
export function formatResult(result: Result, comparison: readonly Ratio[] | undefined): string {
  const { latency, generator, failures } = result
  const width = Math.max(...result.entries.map(entry => entry.name.length), 8)
  const cells = (times: Latency) => COLUMNS.map(key => formatTime(times[key]).padStart(10)).join('')
  const row = (name: string, requests: number, failed: number, times: Latency) =>
    `${name.padEnd(width)}${String(requests).padStart(8)}${String(failed).padStart(8)}${cells(times)}`
  const kinds = Object.entries(failures).filter(([, n]) => n > 0)
  const bound = generatorBound(result)
  const lines = [
    `${result.profile} on ${result.target}, ${result.model}, ${result.spacing} arrivals, seed ${result.seed}` +
      `${result.scale === 1 ? '' : `, rates ×${result.scale}`}: ${result.seconds.toFixed(0)} s counted` +
      (result.interrupted ? ' (ended early)' : ''),
    '',
    `${''.padEnd(width)}${'requests'.padStart(8)}${'failed'.padStart(8)}${COLUMNS.map(key => nameOf(key).padStart(10)).join('')}`,
    ...result.entries.map(entry => row(entry.name, entry.requests, entry.failed, entry.latency)),
    row('all', result.requests, result.failed, latency),
    '',
    `throughput  ${result.throughput.toFixed(1)}/s as expected, ${formatBytes(result.bytesPerSecond)}/s`,
    `in flight   ${result.maxInFlight} at most, on ${result.connections} connections` +
      (result.resent > 0 ? `; ${result.resent} asked again after one broke` : '') +
      (result.unfinished > 0 ? `; ${result.unfinished} unfinished at the end` : ''),
    `failed      ${formatShare(result.failed, result.requests)}` +
      (kinds.length > 0 ? ` (${kinds.map(([kind, n]) => `${kind} ${n}`).join(', ')})` : ''),
    ...result.details.map(detail => `            ${detail}`),
    `generator   sent p50 ${formatTime(generator.lag.p50)}, p99 ${formatTime(generator.lag.p99)}, at most ` +
      `${formatTime(generator.lag.max)} late, on ${generator.cores.toFixed(2)} cores`,
    ...(bound ? [`            ${bound}`] : []),
    ...(comparison ? ['', ...formatComparison(comparison)] : []),
  ]
  return lines.join('\n')
}

function formatComparison(comparison: readonly Ratio[]): string[] {
  const width = Math.max(...comparison.map(each => each.name.length), 8)
  return [
    `${'baseline'.padEnd(width)}${'then'.padStart(11)}${'now'.padStart(11)}${'ratio'.padStart(8)}`,
    ...comparison.map(each => {
      const cells = [each.then, each.now].map(value => formatFigure(value, each.unit).padStart(11)).join('')
      return `${each.name.padEnd(width)}${cells}${formatRatio(each.ratio).padStart(8)}`
    }),
  ]
}

/** A figure of a comparison with its unit. */
export function formatFigure(value: number | null, unit: Ratio['unit']): string {
  if (value === null) return '–'
  return unit === 'ms' ? formatTime(value) : unit === '/s' ? `${value.toFixed(1)}/s` : formatShare(value, 100)
}
