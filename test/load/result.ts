import { z } from 'zod'
import { FAILURES } from './client.ts'
import { SPACINGS } from './plan.ts'

const count = z.int().min(0)
const Counts = z.record(z.enum(FAILURES), count)

/** Milliseconds; null where nothing was answered. Quantiles are exact: the smallest latency that so many do not exceed. */
export const Latency = z.object({
  p50: z.number().nullable(),
  p90: z.number().nullable(),
  p99: z.number().nullable(),
  p999: z.number().nullable(),
  max: z.number().nullable(),
  mean: z.number().nullable(),
})
export type Latency = z.infer<typeof Latency>

/** A slice of the run: what was scheduled in it, but for `answered`, which counts answers that came in it. */
export const Slice = z.object({
  /** Seconds from the start of the count. */
  from: z.number(),
  seconds: z.number(),
  arrivals: count,
  answered: count,
  failures: Counts,
  /** Most requests under way at once. */
  inFlight: count,
  p50: z.number().nullable(),
  p99: z.number().nullable(),
  max: z.number().nullable(),
})
export type Slice = z.infer<typeof Slice>

/**
 * A run's outcome, as `--json` prints and `--save` keeps it. Latency counts from the scheduled time of a request to
 * the last byte of its answer, over requests answered as expected and those given up for time (with the time at which
 * they were: a lower bound).
 */
export const Result = z.object({
  format: z.literal('latent-edge-load/1'),
  target: z.string(),
  model: z.string(),
  profile: z.string(),
  spacing: z.enum(SPACINGS),
  /** Factor on the profile's rates. */
  scale: z.number(),
  seed: z.int(),
  machine: z.object({ cpu: z.string(), cores: z.int(), node: z.string() }),
  started: z.iso.datetime(),
  interrupted: z.boolean(),
  /** Seconds to be counted, and those that were. */
  planned: z.number(),
  seconds: z.number(),
  requests: count,
  failed: count,
  /** Requests under way when the run was ended early: in no other figure. */
  unfinished: count,
  failures: Counts,
  details: z.array(z.string()),
  /** Answers as expected, a second. */
  throughput: z.number(),
  bytesPerSecond: z.number(),
  maxInFlight: count,
  connections: count,
  /** GETs asked again on a new connection, since the kept one broke before any answer. */
  resent: count,
  /** The load generator itself: how late it sent (milliseconds), and the cores it used. */
  generator: z.object({ lag: Latency, cores: z.number() }),
  latency: Latency,
  entries: z.array(z.object({ name: z.string(), requests: count, failed: count, latency: Latency })),
  /** Latency (ms) by quantile, closer together towards 1. */
  distribution: z.array(z.object({ quantile: z.number(), latency: z.number() })),
  series: z.array(Slice),
})
export type Result = z.infer<typeof Result>
