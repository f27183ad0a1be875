import { nameOf, type Ratio } from '../result/comparison.ts'
import { quantile } from '../result/quantiles.ts'
import type { Records } from '../result/records.ts'
import { type Generator, type Latency, type LoadResult, QUANTILES } from '../result/result.ts'

/** A time with about three digits, in ms or s; a dash for null. */
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

/** The last second in one line. */
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

/** Warnings that precede the figures: an interrupted run, a lost generator, withheld quantiles. */
export function warnings(result: LoadResult): string[] {
  const { interrupted, seconds, unfinished, generators, unresolved, lag } = result
  const lost = generators.filter(generator => generator.lost)
  return [
    ...(interrupted
      ? [`Ended early, after ${seconds.toFixed(0)} s; ${unfinished} requests were in flight.`]
      : []),
    ...(lost.length > 0
      ? [
          `${lost.map(({ name }) => name).join(', ')} stopped answering: the requests of ${lost.length} of ` +
            `${generators.length} generators are missing from all figures.`,
        ]
      : []),
    ...(unresolved.length > 0
      ? [
          `${unresolved.map(nameOf).join(', ')} withheld: more than half would be the generator's own lag (p99 ` +
            `${formatTime(lag.p99)}). Another program keeps the machine busy, or the load needs more --generators.`,
        ]
      : []),
  ]
}

/** A generator in one line: its lag, cores and clock. */
export function describeGenerator({
  name,
  requests,
  lag,
  cores,
  connections,
  resent,
  clock,
  lost,
}: Generator): string {
  if (lost) return `${name}: lost`
  const again = resent > 0 ? `, ${resent} sent again after a connection broke` : ''
  const skew = clock
    ? `; clock ${clock.skew >= 0 ? '+' : '−'}${formatTime(Math.abs(clock.skew))} ± ${formatTime(clock.roundTrip / 2)}`
    : ''
  return (
    `${name}: ${requests} requests, lag p50 ${formatTime(lag.p50)}, p99 ${formatTime(lag.p99)}, max ${formatTime(lag.max)}, ` +
    `${cores.toFixed(2)} cores, ${connections} connections${again}${skew}`
  )
}

/** A result for a terminal. */
export function formatResult(result: LoadResult, comparison: readonly Ratio[] | undefined): string {
  const { latency, failures } = result
  const width = Math.max(...result.kinds.map(kind => kind.name.length), 8)
  const cells = (times: Latency) => QUANTILES.map(key => formatTime(times[key]).padStart(10)).join('')
  const row = (name: string, requests: number, failed: number, times: Latency) =>
    `${name.padEnd(width)}${String(requests).padStart(8)}${String(failed).padStart(8)}${cells(times)}`
  const kinds = Object.entries(failures).filter(([, n]) => n > 0)
  const rates = result.scale === 1 ? '' : `, rates ×${result.scale}`
  const lines = [
    `${result.profile} on ${result.target}, ${result.scenario}, ${result.spacing} arrivals, seed ${result.seed}${rates}: ` +
      `${result.seconds.toFixed(0)} s counted`,
    ...warnings(result).map(warning => `warning: ${warning}`),
    '',
    `${''.padEnd(width)}${'requests'.padStart(8)}${'failed'.padStart(8)}${QUANTILES.map(key => nameOf(key).padStart(10)).join('')}`,
    ...result.kinds.map(kind => row(kind.name, kind.requests, kind.failed, kind.latency)),
    row('all', result.requests, result.failed, latency),
    '',
    `throughput  ${result.throughput.toFixed(1)}/s as expected, ${formatBytes(result.bytesPerSecond)}/s`,
    `in flight   ${result.maxInFlight} at most`,
    `failed      ${formatShare(result.failed, result.requests)}` +
      (kinds.length > 0 ? ` (${kinds.map(([kind, n]) => `${kind} ${n}`).join(', ')})` : ''),
    ...result.details.map(detail => `            ${detail}`),
    ...result.generators.map(generator => `generator   ${describeGenerator(generator)}`),
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
