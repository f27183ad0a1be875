import { expect, test } from 'vitest'
import { createRng } from '../../../models/random.ts'
import { FAILURES } from '../client/outcome.ts'
import { distribute, quantile } from './quantiles.ts'
import type { Records } from './records.ts'
import { summarizeRecords } from './summary.ts'

const NONE = Object.fromEntries(FAILURES.map(kind => [kind, 0]))

type Row = [kind: number, scheduled: number, sent: number, ended: number, failure?: string, bytes?: number]

function recordsOf(rows: readonly Row[]): Records {
  return {
    count: rows.length,
    kinds: Uint8Array.from(rows, row => row[0]),
    scheduled: Float64Array.from(rows, row => row[1]),
    sent: Float64Array.from(rows, row => row[2]),
    ended: Float64Array.from(rows, row => row[3]),
    failures: Uint8Array.from(rows, row => (row[4] ? FAILURES.indexOf(row[4] as 'status') + 1 : 0)),
    bytes: Uint32Array.from(rows, row => row[5] ?? 0),
    details: new Map(),
  }
}

test.each([1, 2, 10, 500, 1000])('quantile of %i values is the least that its share does not exceed', n => {
  const uniform = createRng(n, 'quantile')
  const values = Float64Array.from({ length: n }, () => Math.floor(uniform() * n)).sort()
  for (const [q, permille] of [
    [0.5, 500],
    [0.9, 900],
    [0.99, 990],
    [0.999, 999],
    [1, 1000],
  ]) {
    const enough = values.filter(v => 1000 * values.filter(other => other <= v).length >= permille * n)
    expect(quantile(values, q)).toBe(enough[0])
  }
})

test('quantile of no values is null, and distribute ends at the largest value', () => {
  expect(quantile(new Float64Array(), 0.5)).toBe(null)
  expect(distribute(new Float64Array())).toEqual([])
  const points = distribute(Float64Array.from({ length: 1000 }, (_, i) => i + 1))
  expect(points[0]).toEqual({ quantile: 0, latency: 1 })
  expect(points.at(-1)).toEqual({ quantile: 0.9995, latency: 1000 })
  for (const point of points) expect(Math.abs(point.latency - 1000 * point.quantile)).toBeLessThanOrEqual(1)
})

test('summarizeRecords gives the figures worked out by hand', () => {
  const records = recordsOf([
    [0, -500, -500, 400], // warm-up: in no figure but those in flight
    [0, 0, 1, 100, undefined, 1000],
    [1, 100, 100, 350, undefined, 500],
    [0, 200, 210, 1200, 'timeout'],
    [1, 300, 300, 301, 'connect'],
    [0, 1100, 1100, 1101, 'unsent'],
    [1, 1900, 1900, 2500, undefined, 1000],
    [0, 1950, 1950, Number.NaN],
  ])
  const figures = summarizeRecords(records, ['a', 'b', 'c'], 2)
  expect(figures).toMatchObject({
    requests: 6,
    failed: 3,
    unfinished: 1,
    failures: { ...NONE, timeout: 1, connect: 1, unsent: 1 },
    // The last answer came half a second after the last second of arrivals.
    throughput: 3 / 2.5,
    bytesPerSecond: 2500 / 2.5,
    maxInFlight: 4,
    // 100, 250, 600 and the timeout's 1000; from the scheduled time, not from the sent one.
    latency: { p50: 250, p90: 1000, max: 1000, mean: 487.5 },
    lag: { p50: 0, max: 10 },
  })
  expect(figures.kinds).toMatchObject([
    { name: 'a', requests: 3, failed: 2, latency: { p50: 100, max: 1000 } },
    { name: 'b', requests: 3, failed: 1, latency: { p50: 250, max: 600 } },
    { name: 'c', requests: 0, failed: 0, latency: { p50: null, p999: null, mean: null } },
  ])
  expect(figures.series).toEqual([
    {
      from: 0,
      seconds: 1,
      arrivals: 4,
      answered: 2,
      failures: { ...NONE, timeout: 1, connect: 1 },
      inFlight: 4,
      p50: 250,
      p99: 1000,
      max: 1000,
    },
    {
      from: 1,
      seconds: 1,
      arrivals: 2,
      answered: 0,
      failures: { ...NONE, unsent: 1 },
      inFlight: 2,
      p50: 600,
      p99: 600,
      max: 600,
    },
  ])
})

test('summarizeRecords finds the most requests in flight of each slice, as counting at every moment does', () => {
  const uniform = createRng(4, 'flight')
  const rows: Row[] = Array.from({ length: 300 }, () => {
    const sent = uniform() * 10_000
    return [0, sent, sent, sent + uniform() * uniform() * 2000]
  })
  rows.sort((a, b) => a[1] - b[1])
  const { series, maxInFlight } = summarizeRecords(recordsOf(rows), ['a'], 10)
  const at = (time: number) => rows.filter(([, , sent, ended]) => sent <= time && ended > time).length
  const most = series.map(({ from }) => {
    const moments = rows.map(row => row[2]).filter(t => t >= from * 1000 && t < (from + 1) * 1000)
    return Math.max(at(from * 1000), ...moments.map(at))
  })
  expect(series.map(slice => slice.inFlight)).toEqual(most)
  expect(maxInFlight).toBe(Math.max(...most))
})
