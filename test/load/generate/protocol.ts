import { z } from 'zod'
import type { Draw, RequestMix } from '../client/request-kind.ts'
import { Latency } from '../result/result.ts'
import { SPACINGS } from '../schedule/arrivals.ts'

/** Version of the protocol between coordinator and agents. */
export const PROTOCOL = 1

const Draws = z.custom<Draw>(value => typeof value === 'object' && value !== null)
const Bounds = z.object({ seconds: z.number().positive(), rate: z.number().positive() })

/** A kind of request as JSON: bytes of a body in base64. */
const WireKind = z.object({
  name: z.string(),
  weight: z.number().positive(),
  method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']),
  path: z.string().startsWith('/'),
  headers: z.record(z.string(), z.string()).optional(),
  text: z.string().optional(),
  base64: z.base64().optional(),
  expect: z.object({
    status: z.int(),
    type: z.string().optional(),
    body: z.object({
      begins: z.string().optional(),
      ends: z.string().optional(),
      has: z.string().optional(),
      bytes: z.int().optional(),
      least: z.int().optional(),
    }),
  }),
})

/** The body that a coordinator posts to `/runs`: the whole plan, and which part of it this agent generates. */
export const RunOrder = z.object({
  protocol: z.literal(PROTOCOL),
  target: z.string(),
  insecure: z.boolean(),
  mix: z.object({
    name: z.string(),
    kinds: z.array(WireKind).min(1).max(255),
    values: z.record(z.string(), Draws),
  }),
  profile: z.object({
    name: z.string(),
    summary: z.string(),
    warmup: z.number().min(0),
    stages: z.array(Bounds).min(1),
  }),
  scale: z.number(),
  spacing: z.enum(SPACINGS),
  seed: z.int(),
  timeout: z.number().positive(),
  maxInFlight: z.int().min(1),
  /** Index of this generator, and the number of generators. */
  index: z.int().min(0),
  count: z.int().min(1),
  /** When the count starts: milliseconds since the epoch by the agent's own clock. */
  startAt: z.number(),
  /** Label of the run's random draws. */
  runId: z.string(),
})
export type RunOrder = z.infer<typeof RunOrder>

/** The reply of `GET /runs/<id>`. */
export const RunState = z.object({
  state: z.enum(['running', 'done', 'failed']),
  error: z.string().nullable(),
  /** Requests sent, in flight and failed so far. */
  sent: z.int(),
  inFlight: z.int(),
  failed: z.int(),
  cores: z.number(),
  connections: z.int(),
  resent: z.int(),
  elapsed: z.number(),
  lag: Latency.nullable(),
})
export type RunState = z.infer<typeof RunState>

/** Converts a mix of requests to JSON for agents. */
export function encodeMix({ name, kinds, values }: RequestMix): RunOrder['mix'] {
  return {
    name,
    values: { ...values },
    kinds: kinds.map(({ body, headers, ...kind }) => ({
      ...kind,
      ...(headers && { headers: { ...headers } }),
      ...(typeof body === 'string' && { text: body }),
      ...(body instanceof Buffer && { base64: body.toString('base64') }),
    })),
  }
}

/** Converts a mix of requests from the JSON of `encodeMix`. */
export function decodeMix({ name, kinds, values }: RunOrder['mix']): RequestMix {
  return {
    name,
    values,
    kinds: kinds.map(({ text, base64, ...kind }) => ({
      ...kind,
      ...(text !== undefined && { body: text }),
      ...(base64 !== undefined && { body: Buffer.from(base64, 'base64') }),
    })),
  }
}
