import { FAILURES } from '../client/outcome.ts'
import type { LoadResult, Slice } from '../result/result.ts'
import { type Axis, type Chart, type Line, linearAxis, logAxis } from './chart.ts'
import { formatTime } from './terminal.ts'

const brief = (ms: number) => (ms >= 1000 ? `${ms / 1000} s` : `${ms} ms`)

/** Latency of the requests scheduled in each slice. */
export function latencyOverTime({ series, seconds }: LoadResult): Chart {
  const curves = [
    { name: 'p50', tone: 'tone-p50', key: 'p50', dashed: false },
    { name: 'p99', tone: 'tone-p99', key: 'p99', dashed: false },
    { name: 'max', tone: 'tone-max', key: 'max', dashed: true },
  ] as const
  const values = series.flatMap(slice => [slice.p50, slice.p99, slice.max]).filter(value => value !== null)
  return {
    title: 'Latency, by scheduled time',
    summary: `Latency over ${Math.round(seconds)} s; the slowest took ${formatTime(Math.max(0, ...values))}`,
    x: timeTicks(seconds),
    y: logAxis(values, brief),
    lines: curves.map(({ name, tone, key, dashed }) => ({
      name,
      tone,
      dashed,
      points: series.map(slice => ({ x: middle(slice, seconds), y: slice[key] })),
    })),
    legend: curves,
    overTime: true,
  }
}

/** Arrivals and replies per second; where they differ, requests in flight grow or shrink. */
export function throughputOverTime({ series, seconds }: LoadResult): Chart {
  const curve = (name: string, tone: string, of: (slice: Slice) => number, dashed = false): Line => ({
    name,
    tone,
    dashed,
    step: true,
    points: steps(series, seconds, slice => of(slice) / slice.seconds),
  })
  const lines = [
    curve('answered as expected', 'tone-p50', slice => slice.answered),
    curve('scheduled', 'tone-max', slice => slice.arrivals, true),
  ]
  const most = Math.max(...lines.flatMap(line => line.points.map(point => point.y ?? 0)), 0)
  return {
    title: 'Requests a second',
    summary: `At most ${most.toFixed(0)} a second`,
    x: timeTicks(seconds),
    y: linearAxis(most, String),
    lines,
    legend: lines,
    overTime: true,
  }
}

/** Most requests in flight in each slice. */
export function inFlightOverTime({ series, seconds, maxInFlight }: LoadResult): Chart {
  const line: Line = {
    name: 'in flight, at most',
    tone: 'tone-flight',
    step: true,
    area: true,
    points: steps(series, seconds, slice => slice.inFlight),
  }
  return {
    title: 'In flight',
    summary: `At most ${maxInFlight} requests under way`,
    x: timeTicks(seconds),
    y: linearAxis(Math.max(4, ...series.map(slice => slice.inFlight)), String),
    lines: [line],
    legend: [line],
    overTime: true,
  }
}

/** Failures by kind; undefined without failures. */
export function failuresOverTime({ series, seconds, failures, failed }: LoadResult): Chart | undefined {
  const kinds = FAILURES.filter(kind => (failures[kind] ?? 0) > 0)
  if (kinds.length === 0) return undefined
  const sums = series.map(slice => kinds.reduce((sum, kind) => sum + (slice.failures[kind] ?? 0), 0))
  return {
    title: 'Failed, by scheduled time',
    summary: `${failed} failed: ${kinds.map(kind => `${kind} ${failures[kind]}`).join(', ')}`,
    x: timeTicks(seconds),
    y: linearAxis(Math.max(4, ...sums), String),
    bars: series.map(slice => ({
      x: slice.from / seconds,
      width: slice.seconds / seconds,
      parts: kinds.map(kind => ({ tone: `tone-${kind}`, amount: slice.failures[kind] ?? 0 })),
    })),
    legend: kinds.map(kind => ({ name: kind, tone: `tone-${kind}` })),
    overTime: true,
  }
}

/** Latency by quantile, with an axis stretched towards 1 to show the tail; the baseline's as a second line. */
export function latencyByQuantile(result: LoadResult, baseline: LoadResult | undefined): Chart {
  const both = [...result.distribution, ...(baseline?.distribution ?? [])]
  const nines = (quantile: number) => -Math.log10(1 - quantile)
  const end = Math.max(1, ...both.map(point => nines(point.quantile)))
  const curve = (name: string, tone: string, of: LoadResult, dashed = false): Line => ({
    name,
    tone,
    dashed,
    points: of.distribution.map(point => ({ x: nines(point.quantile) / end, y: point.latency })),
  })
  const lines = [
    ...(baseline ? [curve(`baseline of ${baseline.started.slice(0, 10)}`, 'tone-max', baseline, true)] : []),
    curve('this run', 'tone-p50', result),
  ]
  const marks = [0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999].filter(mark => nines(mark) <= end)
  return {
    title: 'Latency by percentile',
    summary: `p50 ${formatTime(result.latency.p50)}, p99 ${formatTime(result.latency.p99)}`,
    x: marks.map(mark => ({ at: nines(mark) / end, label: `${+(100 * mark).toFixed(3)}%` })),
    y: logAxis(
      both.map(point => point.latency),
      brief,
    ),
    lines,
    legend: lines,
  }
}

const middle = (slice: Slice, seconds: number) => (slice.from + slice.seconds / 2) / seconds

/** A step line with a value for each slice. */
function steps(series: readonly Slice[], seconds: number, of: (slice: Slice) => number): Line['points'] {
  const last = series.at(-1)
  const points = series.map(slice => ({ x: slice.from / seconds, y: of(slice) }))
  return last ? [...points, { x: 1, y: of(last) }] : points
}

function timeTicks(seconds: number): Axis['ticks'] {
  const step = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600].find(each => seconds / each <= 6) ?? 3600
  const unit = step % 60 === 0 ? { name: 'min', length: 60 } : { name: 's', length: 1 }
  return Array.from({ length: Math.floor(seconds / step + 1e-9) + 1 }, (_, i) => ({
    at: (i * step) / Math.max(seconds, 1e-9),
    label: `${(i * step) / unit.length}${i === 0 ? '' : ` ${unit.name}`}`,
  }))
}
