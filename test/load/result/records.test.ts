import { expect, test } from 'vitest'
import { createRng } from '../../../models/random.ts'
import { dealArrivals } from '../schedule/arrivals.ts'
import { decodeRecords, emptyRecords, encodeRecords, mergeRecords, type Records } from './records.ts'
import { summarizeRecords } from './summary.ts'

/** Random records of a schedule of 3,000 requests. */
function randomRecords(): Records {
  const uniform = createRng(7, 'records')
  const times = Float64Array.from({ length: 3000 }, () => uniform() * 9000 - 500).sort()
  const kinds = Uint8Array.from(times, () => Math.floor(uniform() * 2))
  const records = emptyRecords(times, kinds)
  records.count = times.length
  for (const [i, time] of times.entries()) {
    records.sent[i] = time + uniform() * 0.1
    records.ended[i] = uniform() < 0.01 ? Number.NaN : time + uniform() ** 4 * 500
    records.failures[i] = uniform() < 0.02 ? 1 + Math.floor(uniform() * 8) : 0
    records.bytes[i] = Math.floor(uniform() * 1e6)
  }
  records.details.set('a: status', 'expected 200, got 500')
  return records
}

test('merged records of three generators give the figures of the pooled requests to the bit', () => {
  const pooled = randomRecords()
  const parts = [0, 1, 2].map((index): Records => {
    const { times, kinds } = dealArrivals({ times: pooled.scheduled, kinds: pooled.kinds }, index, 3)
    const every = <T extends Float64Array | Uint8Array | Uint32Array>(column: T) =>
      column.filter((_, i) => i % 3 === index) as T
    return {
      count: times.length,
      scheduled: times,
      kinds,
      sent: every(pooled.sent),
      ended: every(pooled.ended),
      failures: every(pooled.failures),
      bytes: every(pooled.bytes),
      details: pooled.details,
    }
  })
  const merged = mergeRecords(parts.map(part => decodeRecords(encodeRecords(part))))
  expect(merged).toEqual(pooled)
  expect(summarizeRecords(merged, ['a', 'b'], 8.5)).toEqual(summarizeRecords(pooled, ['a', 'b'], 8.5))
})

test('decodeRecords refuses truncated records', () => {
  const content = encodeRecords(randomRecords())
  expect(() => decodeRecords(content.subarray(0, 1000))).toThrow(RangeError)
})
