import { build, HistogramLogWriter } from 'hdr-histogram-js'
import { FAILURES } from '../client/outcome.ts'
import type { Records } from './records.ts'

/** Latencies up to an hour, in microseconds, to three digits. */
const RANGE = {
  lowestDiscernibleValue: 1,
  highestTrackableValue: 3.6e9,
  numberOfSignificantValueDigits: 3,
} as const
const INTERVAL_SECONDS = 1
const TIMEOUT = FAILURES.indexOf('timeout') + 1

/**
 * A run's latencies as an HdrHistogram log (.hlog): one histogram for each second of arrivals, values in microseconds,
 * maxima in milliseconds. Other tools can merge and plot it. Histograms round to three digits; the exact quantiles are
 * those of the result.
 *
 * @param started when the count began
 */
export function formatHdrLog(records: Records, started: Date): string {
  let log = ''
  const writer = new HistogramLogWriter(text => {
    log += text
  })
  writer.outputLogFormatVersion()
  writer.outputComment('Latency in microseconds from the scheduled time to the last byte of the reply')
  writer.outputStartTime(started.getTime())
  writer.outputLegend()
  const seconds = new Map<number, number[]>()
  for (let i = 0; i < records.count; i++) {
    const failure = records.failures[i]
    if (records.scheduled[i] < 0 || Number.isNaN(records.ended[i])) continue
    if (failure !== 0 && failure !== TIMEOUT) continue
    const second = Math.floor(records.scheduled[i] / 1000 / INTERVAL_SECONDS)
    const latency = Math.max(1, Math.round(1000 * (records.ended[i] - records.scheduled[i])))
    const latencies = seconds.get(second)
    if (latencies) latencies.push(latency)
    else seconds.set(second, [latency])
  }
  for (const [second, latencies] of [...seconds].sort(([a], [b]) => a - b)) {
    const histogram = build({ ...RANGE, bitBucketSize: 32, useWebAssembly: false })
    for (const latency of latencies) histogram.recordValue(Math.min(latency, RANGE.highestTrackableValue))
    const from = second * INTERVAL_SECONDS
    writer.outputIntervalHistogram(histogram, from, from + INTERVAL_SECONDS, 1000)
  }
  return log
}
