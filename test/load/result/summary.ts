import { FAILURES, type Failure } from '../client/outcome.ts'
import { distribute, quantile, summarize } from './quantiles.ts'
import type { Records } from './records.ts'
import type { LoadResult, Slice } from './result.ts'

/** The figures of a result that come from its records. */
export type Figures = Pick<
  LoadResult,
  | 'seconds'
  | 'requests'
  | 'failed'
  | 'unfinished'
  | 'failures'
  | 'details'
  | 'throughput'
  | 'bytesPerSecond'
  | 'maxInFlight'
  | 'latency'
  | 'lag'
  | 'kinds'
  | 'distribution'
  | 'series'
>

const MOST_SLICES = 120
const WIDTHS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600]
const TIMEOUT = FAILURES.indexOf('timeout') + 1
const UNSENT = FAILURES.indexOf('unsent') + 1

/**
 * A run's figures from its records, without the warm-up.
 *
 * @param names of the kinds of requests
 * @param seconds how long arrivals were counted
 */
export function summarizeRecords(records: Records, names: readonly string[], seconds: number): Figures {
  const counted: number[] = []
  let unfinished = 0
  for (let i = 0; i < records.count; i++) {
    if (records.scheduled[i] < 0) continue
    if (Number.isNaN(records.ended[i])) unfinished++
    else counted.push(i)
  }
  const failed = counted.filter(i => records.failures[i] > 0).length
  const latencies = latenciesOf(records, counted)
  const latency = summarize(latencies)
  // Replies may come after the last arrival. Without that time a slow server would show a fast one's throughput.
  const span = counted.reduce((last, i) => Math.max(last, records.ended[i] / 1000), seconds)
  return {
    seconds,
    requests: counted.length,
    failed,
    unfinished,
    failures: countFailures(records, counted),
    details: [...records.details].map(([key, detail]) => `${key}: ${detail}`),
    throughput: span > 0 ? (counted.length - failed) / span : 0,
    bytesPerSecond: span > 0 ? counted.reduce((sum, i) => sum + records.bytes[i], 0) / span : 0,
    maxInFlight: Math.max(0, ...inFlight(records, [0], Number.POSITIVE_INFINITY)),
    lag: summarize(Float64Array.from(counted, i => records.sent[i] - records.scheduled[i])),
    latency,
    kinds: names.map((name, kind) => {
      const own = counted.filter(i => records.kinds[i] === kind)
      return {
        name,
        requests: own.length,
        failed: own.filter(i => records.failures[i] > 0).length,
        latency: summarize(latenciesOf(records, own)),
      }
    }),
    distribution: distribute(latencies),
    series: slice(records, counted, seconds),
  }
}

/** Latencies of requests that ended as expected or by timeout. A refused connection fails fast and would lower them. */
function latenciesOf(records: Records, rows: readonly number[]): Float64Array {
  const measured = rows.filter(i => records.failures[i] === 0 || records.failures[i] === TIMEOUT)
  return Float64Array.from(measured, i => records.ended[i] - records.scheduled[i])
}

function countFailures(records: Records, rows: readonly number[]): Record<Failure, number> {
  const counts = Object.fromEntries(FAILURES.map(kind => [kind, 0])) as Record<Failure, number>
  for (const i of rows) if (records.failures[i] > 0) counts[FAILURES[records.failures[i] - 1]]++
  return counts
}

function slice(records: Records, counted: readonly number[], seconds: number): Slice[] {
  const width = WIDTHS.find(each => seconds / each <= MOST_SLICES) ?? seconds / MOST_SLICES
  const starts = Array.from({ length: Math.ceil(seconds / width) }, (_, k) => k * width)
  const rows: number[][] = starts.map(() => [])
  const answered = starts.map(() => 0)
  for (const i of counted) {
    rows[Math.floor(records.scheduled[i] / 1000 / width)]?.push(i)
    const at = Math.floor(records.ended[i] / 1000 / width)
    if (records.failures[i] === 0 && at < answered.length) answered[at]++
  }
  const busiest = inFlight(
    records,
    starts.map(start => start * 1000),
    seconds * 1000,
  )
  return starts.map((from, k) => {
    const latencies = latenciesOf(records, rows[k]).sort()
    return {
      from,
      seconds: Math.min(width, seconds - from),
      arrivals: rows[k].length,
      answered: answered[k],
      failures: countFailures(records, rows[k]),
      inFlight: busiest[k],
      p50: quantile(latencies, 0.5),
      p99: quantile(latencies, 0.99),
      max: quantile(latencies, 1),
    }
  })
}

/** Most requests in flight between each start (ms, ascending) and the next, including those of the warm-up. */
function inFlight(records: Records, starts: readonly number[], end: number): number[] {
  const rows = Array.from({ length: records.count }, (_, i) => i).filter(i => records.failures[i] !== UNSENT)
  const sent = Float64Array.from(rows, i => records.sent[i]).sort()
  const ended = Float64Array.from(rows, i => records.ended[i]).sort() // NaN last
  const most = starts.map(() => 0)
  let [i, j] = [0, 0]
  starts.forEach((_, k) => {
    const until = starts[k + 1] ?? end
    most[k] = i - j
    for (; i < sent.length && sent[i] < until; i++) {
      while (ended[j] <= sent[i]) j++
      if (sent[i] >= starts[k]) most[k] = Math.max(most[k], i + 1 - j)
    }
    while (ended[j] <= until) j++
  })
  return most
}
