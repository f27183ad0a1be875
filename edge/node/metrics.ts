/** Counts finished requests and tells them in Prometheus' text format. */
export interface Metrics {
  /** @param seconds from the request's arrival to the answer's head */
  observe(route: string, status: number, seconds: number): void
  text(): string
}

const BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5]

interface Series {
  counts: number[]
  sum: number
  total: number
}

/** A metrics registry with everything at 0. */
export function startMetrics(): Metrics {
  const requests = new Map<string, number>()
  const durations = new Map<string, Series>()
  return {
    observe(route, status, seconds) {
      const key = `route="${route}",status="${status}"`
      requests.set(key, (requests.get(key) ?? 0) + 1)
      let series = durations.get(route)
      if (!series) durations.set(route, (series = { counts: BUCKETS.map(() => 0), sum: 0, total: 0 }))
      BUCKETS.forEach((bound, i) => {
        if (seconds <= bound) series.counts[i]++
      })
      series.sum += seconds
      series.total++
    },
    text: () =>
      [...describeRequests(requests), ...describeDurations(durations), ...describeProcess(), ''].join('\n'),
  }
}

function describeRequests(requests: ReadonlyMap<string, number>): string[] {
  return [
    '# HELP http_requests_total Requests answered, by route and status.',
    '# TYPE http_requests_total counter',
    ...Array.from(requests, ([labels, count]) => `http_requests_total{${labels}} ${count}`),
  ]
}

function describeDurations(durations: ReadonlyMap<string, Series>): string[] {
  const name = 'http_request_duration_seconds'
  return [
    `# HELP ${name} From a request's arrival to the head of its answer.`,
    `# TYPE ${name} histogram`,
    ...Array.from(durations, ([route, { counts, sum, total }]) => [
      ...BUCKETS.map((bound, i) => `${name}_bucket{route="${route}",le="${bound}"} ${counts[i]}`),
      `${name}_bucket{route="${route}",le="+Inf"} ${total}`,
      `${name}_sum{route="${route}"} ${sum}`,
      `${name}_count{route="${route}"} ${total}`,
    ]).flat(),
  ]
}

function describeProcess(): string[] {
  const { rss, heapUsed } = process.memoryUsage()
  return [
    '# HELP process_resident_memory_bytes Resident memory.',
    '# TYPE process_resident_memory_bytes gauge',
    `process_resident_memory_bytes ${rss}`,
    '# HELP nodejs_heap_used_bytes JavaScript heap in use.',
    '# TYPE nodejs_heap_used_bytes gauge',
    `nodejs_heap_used_bytes ${heapUsed}`,
    '# HELP process_uptime_seconds Time since the start.',
    '# TYPE process_uptime_seconds counter',
    `process_uptime_seconds ${process.uptime()}`,
  ]
}
