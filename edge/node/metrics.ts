/** Counts finished requests and reports them in Prometheus' text format. */
export interface Metrics {
  /** @param seconds from the request's arrival to the head of its answer */
  observe(route: string, status: number, seconds: number): void
  text(): string
}

const BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5]

interface Series {
  /** Requests by status. */
  statuses: Map<number, number>
  /** Durations by the first bucket that holds them; the last is beyond all bounds. */
  counts: number[]
  sum: number
}

/** A metrics registry with everything at 0. */
export function startMetrics(): Metrics {
  const routes = new Map<string, Series>()
  return {
    observe(route, status, seconds) {
      let series = routes.get(route)
      if (!series) {
        series = { statuses: new Map(), counts: new Array(BUCKETS.length + 1).fill(0), sum: 0 }
        routes.set(route, series)
      }
      series.statuses.set(status, (series.statuses.get(status) ?? 0) + 1)
      let bucket = 0
      while (seconds > BUCKETS[bucket]) bucket++
      series.counts[bucket]++
      series.sum += seconds
    },
    text: () =>
      [...describeRequests(routes), ...describeDurations(routes), ...describeProcess(), ''].join('\n'),
  }
}

function describeRequests(routes: ReadonlyMap<string, Series>): string[] {
  return [
    '# HELP http_requests_total Requests answered, by route and status.',
    '# TYPE http_requests_total counter',
    ...Array.from(routes, ([route, { statuses }]) =>
      Array.from(
        statuses,
        ([status, count]) => `http_requests_total{route="${route}",status="${status}"} ${count}`,
      ),
    ).flat(),
  ]
}

function describeDurations(routes: ReadonlyMap<string, Series>): string[] {
  const name = 'http_request_duration_seconds'
  return [
    `# HELP ${name} From a request's arrival to the head of its answer.`,
    `# TYPE ${name} histogram`,
    ...Array.from(routes, ([route, { counts, sum }]) => {
      let total = 0
      const lines = counts.map((count, i) => {
        total += count
        return `${name}_bucket{route="${route}",le="${BUCKETS[i] ?? '+Inf'}"} ${total}`
      })
      return [...lines, `${name}_sum{route="${route}"} ${sum}`, `${name}_count{route="${route}"} ${total}`]
    }).flat(),
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
