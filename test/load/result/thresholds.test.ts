import { expect, test } from 'vitest'
import { withholdUnresolved } from './resolution.ts'
import type { Latency, LoadResult } from './result.ts'
import { missedThresholds, parseThresholds } from './thresholds.ts'

const latency = (p50: number, p99: number): Latency => ({
  p50,
  p90: p99,
  p99,
  p999: p99,
  max: p99,
  mean: p50,
})
const result = {
  requests: 1000,
  failed: 2,
  throughput: 99,
  latency: latency(10, 150),
  lag: latency(0.1, 3),
  kinds: [{ name: 'decode', requests: 10, failed: 0, latency: latency(20, 60) }],
} as LoadResult

test.each([
  ['p99<200ms,errors<0.3%', []],
  ['p99 < 0.15s', ['p99 < 0.15s: got 150 ms']],
  ['p99<=0.15s,p99.9>=150ms,max<=150000us,mean<11ms', []],
  ['errors<0.1%', ['errors<0.1%: got 0.2%']],
  ['throughput>100/s,throughput>98', ['throughput>100/s: got 99/s']],
  ['decode:p50<10ms,decode:errors<1%', ['decode:p50<10ms: got 20 ms']],
  ['lag<1ms', ['lag<1ms: got 3 ms']],
  ['other:p50<10ms', ['other:p50<10ms: it was not measured']],
])('thresholds %s miss %j', (text, missed) => {
  expect(missedThresholds(parseThresholds(text), result)).toEqual(missed)
})

test.each(['p98<1ms', 'p99=5ms', 'p99<5', 'errors<1ms', 'throughput<5%', 'p99<ms', ''])(
  'the threshold %j cannot be read',
  text => {
    expect(() => parseThresholds(text)).toThrow('--threshold: expected limits such as')
  },
)

test('quantiles that are mostly the generator’s own lag are withheld, and meet no threshold', () => {
  const { latency: shown, unresolved } = withholdUnresolved(latency(10, 5), latency(0.4, 3))
  expect(unresolved).toEqual(['p90', 'p99', 'p999', 'max'])
  expect(shown).toMatchObject({ p50: 10, p99: null, max: null })
  expect(missedThresholds(parseThresholds('p99<1s'), { ...result, latency: shown })).toEqual([
    'p99<1s: it was not measured',
  ])
  expect(withholdUnresolved(latency(0.3, 0.4), latency(0.2, 0.3)).unresolved).toEqual([])
})
