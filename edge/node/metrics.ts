/** An answered request, for metrics and the access log. */
export interface Observation {
  /** The route's pattern. */
  route: string
  status: number
  /** From the request's arrival to the head of its answer. */
  seconds: number
  /** The id and version of the model that answered; the version distinguishes a canary from the stable one. */
  model?: string
  version?: string
  /** The cache that the answer came from; undefined if it was made for this request. */
  cache?: 'memory' | 'shared'
}

/** Counts requests and reports them in Prometheus' text format. */
export interface Metrics {
  observe(observation: Observation): void
  text(): string
}

/** Values read when the metrics are read. */
export interface Gauges {
  /** Requests that are being answered. */
  inFlight(): number
  /** Requests that wait for their turn in the heavy queue. */
  queued(): number
}

const BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5]

interface Durations {
  /** How many durations fell into each bucket; the last number counts those beyond all buckets. */
  counts: number[]
  sum: number
}

/** Metrics with every counter at 0. */
export function startMetrics(gauges: Gauges): Metrics {
  const requests = new Map<string, number>()
  const durations = new Map<string, Durations>()
  return {
    observe({ route, status, seconds, model = '', version = '', cache = 'none' }) {
      const answered = `model="${model}",version="${version}"`
      const labels = `route="${route}",status="${status}",${answered},cache="${cache}"`
      requests.set(labels, (requests.get(labels) ?? 0) + 1)
      const timed = `route="${route}",${answered}`
      let series = durations.get(timed)
      if (!series) {
        series = { counts: new Array(BUCKETS.length + 1).fill(0), sum: 0 }
        durations.set(timed, series)
      }
      let bucket = 0
      while (seconds > BUCKETS[bucket]) bucket++
      series.counts[bucket]++
      series.sum += seconds
    },
    text: () =>
      [
        ...describeRequests(requests),
        ...describeDurations(durations),
        ...gauge('http_requests_in_flight', 'Requests that are being answered.', gauges.inFlight()),
        ...gauge(
          'heavy_queue_requests',
          'Requests for large answers that wait for their turn.',
          gauges.queued(),
        ),
        ...describeProcess(),
        '',
      ].join('\n'),
  }
}

function describeRequests(requests: ReadonlyMap<string, number>): string[] {
  return [
    '# HELP http_requests_total Requests answered; 429 are refused by the rate limit, 499 lost their client.',
    '# TYPE http_requests_total counter',
    ...Array.from(requests, ([labels, count]) => `http_requests_total{${labels}} ${count}`),
  ]
}

function describeDurations(durations: ReadonlyMap<string, Durations>): string[] {
  const name = 'http_request_duration_seconds'
  return [
    `# HELP ${name} From a request's arrival to the head of its answer.`,
    `# TYPE ${name} histogram`,
    ...Array.from(durations, ([labels, { counts, sum }]) => {
      let total = 0
      const lines = counts.map((count, i) => {
        total += count
        return `${name}_bucket{${labels},le="${BUCKETS[i] ?? '+Inf'}"} ${total}`
      })
      return [...lines, `${name}_sum{${labels}} ${sum}`, `${name}_count{${labels}} ${total}`]
    }).flat(),
  ]
}

function gauge(name: string, help: string, value: number, type = 'gauge'): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, `${name} ${value}`]
}

function describeProcess(): string[] {
  const { rss, heapUsed } = process.memoryUsage()
  return [
    ...gauge('process_resident_memory_bytes', 'Resident memory.', rss),
    ...gauge('nodejs_heap_used_bytes', 'JavaScript heap in use.', heapUsed),
    ...gauge('process_uptime_seconds', 'Time since the start.', process.uptime(), 'counter'),
  ]
}
