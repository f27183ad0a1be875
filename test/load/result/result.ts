import { z } from 'zod'
import { FAILURES } from '../client/outcome.ts'
import { SPACINGS } from '../schedule/arrivals.ts'

/** The quantiles of a result, by field name. */
export const QUANTILES = ['p50', 'p90', 'p99', 'p999', 'max'] as const

/** The field name of a quantile. */
export type Quantile = (typeof QUANTILES)[number]

const count = z.int().min(0)
const Counts = z.record(z.enum(FAILURES), count)

/** Milliseconds; null without a request. Quantiles are exact: the smallest latency that this share does not exceed. */
export const Latency = z.object({
  p50: z.number().nullable(),
  p90: z.number().nullable(),
  p99: z.number().nullable(),
  p999: z.number().nullable(),
  max: z.number().nullable(),
  mean: z.number().nullable(),
})
export type Latency = z.infer<typeof Latency>

/** A slice of the run: requests scheduled in it; only `answered` counts replies that came in it. */
export const Slice = z.object({
  /** Seconds from the start of the count. */
  from: z.number(),
  seconds: z.number(),
  arrivals: count,
  answered: count,
  failures: Counts,
  /** Most requests in flight at once. */
  inFlight: count,
  p50: z.number().nullable(),
  p99: z.number().nullable(),
  max: z.number().nullable(),
})
export type Slice = z.infer<typeof Slice>

/** One generator of a run. */
const Generator = z.object({
  /** `local`, or the agent's address. */
  name: z.string(),
  requests: count,
  /** Cores that it used. */
  cores: z.number(),
  connections: count,
  /** GETs sent again because their kept connection broke before any reply. */
  resent: count,
  /** Milliseconds its requests were sent after their scheduled times. */
  lag: Latency,
  /** Its clock minus the coordinator's, and the round trip over which that was measured, in ms; null without an agent. */
  clock: z.object({ skew: z.number(), roundTrip: z.number() }).nullable(),
  /** It stopped answering; its requests are not in any figure. */
  lost: z.boolean(),
})
export type Generator = z.infer<typeof Generator>

/**
 * A run's result, as `--json` prints it and `--save` writes it. Latency counts from a request's scheduled time to the
 * last byte of its reply, over requests that ended as expected and those that timed out (with the time at which they
 * did: a lower bound).
 */
export const LoadResult = z.object({
  format: z.literal('latent-edge-load/2'),
  target: z.string(),
  /** The scenario's name, or the model's id. */
  scenario: z.string(),
  profile: z.string(),
  spacing: z.enum(SPACINGS),
  /** Factor on the profile's rates. */
  scale: z.number(),
  seed: z.int(),
  machine: z.object({ cpu: z.string(), cores: z.int(), node: z.string() }),
  started: z.iso.datetime(),
  interrupted: z.boolean(),
  /** Planned seconds of the count, and those that were counted. */
  planned: z.number(),
  seconds: z.number(),
  requests: count,
  failed: count,
  /** Requests in flight when the run was ended early, which are in no other figure. */
  unfinished: count,
  failures: Counts,
  details: z.array(z.string()),
  /** Replies as expected, per second. */
  throughput: z.number(),
  bytesPerSecond: z.number(),
  maxInFlight: count,
  generators: z.array(Generator),
  /** Milliseconds that requests were sent after their scheduled times, over all generators. */
  lag: Latency,
  /** Quantiles of `latency` that are null because the generators' own lag is more than half of them. */
  unresolved: z.array(z.enum(QUANTILES)),
  latency: Latency,
  kinds: z.array(z.object({ name: z.string(), requests: count, failed: count, latency: Latency })),
  /** Latency (ms) by quantile, closer together towards 1. */
  distribution: z.array(z.object({ quantile: z.number(), latency: z.number() })),
  series: z.array(Slice),
})
export type LoadResult = z.infer<typeof LoadResult>
