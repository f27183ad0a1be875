import { expect, test } from 'vitest'
import { dealArrivals, scheduleArrivals } from './arrivals.ts'
import { PROFILES, scaleProfile, secondsOf } from './profiles.ts'

const steps = {
  summary: '',
  warmup: 2,
  stages: [
    { seconds: 3, rate: 10 },
    { seconds: 2, rate: 50 },
  ],
}

test('scheduleArrivals with constant spacing places an arrival every 1/rate, the warm-up below 0', () => {
  const { times } = scheduleArrivals(steps, [1], 'constant', 1)
  const expected = [
    ...Array.from({ length: 50 }, (_, i) => -2000 + i * 100),
    ...Array.from({ length: 100 }, (_, i) => 3000 + i * 20),
  ]
  expect(times.length).toBe(expected.length)
  expected.forEach((time, i) => {
    expect(times[i]).toBeCloseTo(time, 6)
  })
})

test('scheduleArrivals with Poisson spacing has the counts and exponential gaps of each stage’s rate', () => {
  const long = {
    summary: '',
    warmup: 0,
    stages: [
      { seconds: 400, rate: 20 },
      { seconds: 100, rate: 100 },
    ],
  }
  const { times } = scheduleArrivals(long, [1], 'poisson', 5)
  const stages = [
    { times: times.filter(time => time < 400_000), rate: 20, seconds: 400 },
    { times: times.filter(time => time >= 400_000), rate: 100, seconds: 100 },
  ]
  for (const { times, rate, seconds } of stages) {
    const n = rate * seconds
    // Four standard deviations of a Poisson count.
    expect(Math.abs(times.length - n)).toBeLessThan(4 * Math.sqrt(n))
    const gaps = Array.from(times.subarray(1), (time, i) => time - times[i]).sort((a, b) => a - b)
    // Kolmogorov and Smirnov: the largest distance to 1 - exp(-rate·gap); 1.95/√n is exceeded once in a thousand.
    const distance = Math.max(
      ...gaps.map((gap, i) => Math.abs((i + 0.5) / gaps.length - (1 - Math.exp((-rate * gap) / 1000)))),
    )
    expect(distance).toBeLessThan(1.95 / Math.sqrt(gaps.length))
  }
})

test('scheduleArrivals draws kinds by their weights, and a seed gives the same schedule again', () => {
  const profile = { summary: '', warmup: 0, stages: [{ seconds: 100, rate: 400 }] }
  const weights = [5, 0, 3, 2]
  const { kinds } = scheduleArrivals(profile, weights, 'constant', 9)
  weights.forEach((weight, k) => {
    const share = weight / 10
    const deviation = Math.sqrt((share * (1 - share)) / kinds.length)
    const found = kinds.filter(kind => kind === k).length / kinds.length
    expect(Math.abs(found - share)).toBeLessThanOrEqual(4 * deviation)
  })
  expect(scheduleArrivals(profile, weights, 'constant', 9).kinds).toEqual(kinds)
  expect(scheduleArrivals(profile, weights, 'constant', 10).kinds).not.toEqual(kinds)
})

test('scaleProfile bounds rate and requests, and stretches to a length', () => {
  expect(() => scaleProfile(PROFILES.spike, 100)).toThrow(
    'expected at most 5000 arrivals a second, got 10000',
  )
  expect(() => scaleProfile(PROFILES.soak, 1, 86_400)).toThrow('expected at most 1000000 requests in a run')
  const short = scaleProfile(PROFILES.spike, 2, 5)
  expect(secondsOf(short)).toBeCloseTo(5, 9)
  expect(short.stages.map(stage => stage.rate)).toEqual([40, 200, 40])
})

test('dealArrivals divides a schedule among generators, completely and evenly', () => {
  const whole = scheduleArrivals(steps, [1, 2], 'poisson', 1)
  const parts = [0, 1, 2].map(index => dealArrivals(whole, index, 3))
  const together = parts
    .flatMap(({ times, kinds }) => Array.from(times, (time, i) => [time, kinds[i]]))
    .sort(([a], [b]) => a - b)
  expect(together).toEqual(Array.from(whole.times, (time, i) => [time, whole.kinds[i]]))
  const sizes = parts.map(({ times }) => times.length)
  expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
})
