import { PROBLEMS, type ProblemCode, ProblemDetails } from '../../http/problem.ts'
import type { Path } from './registry.ts'

/** Responses of an operation by status, as OpenAPI describes them. */
export type Responses = Path['responses']

const text = (description: string) => ({ description, schema: { type: 'string' as const } })
const integer = (description: string) => ({ description, schema: { type: 'integer' as const } })

const ETAG = text('Strong: a hash of the bytes')
const RATE_HEADERS = {
  RateLimit: text('What is left of the client’s rate, if the server knows it'),
  'RateLimit-Policy': text('The rate of a client, as "client";q=600;w=60'),
}

/** Headers of every answer. */
const COMMON = { 'X-Request-Id': text('The request’s X-Request-Id, or a new one') }

/** Headers of an answer that can be revalidated. */
export const TAGGED = { ...COMMON, ETag: ETAG }

/** Headers of the answers that models give. */
export const MODEL_HEADERS = {
  ...COMMON,
  ...RATE_HEADERS,
  ETag: ETAG,
  'X-Model': text('id@version of the model that answered'),
  'X-Seed': integer('The seed, where one was used'),
  'X-Shape': text('f32 only: the array’s shape, as 16,28,28'),
  'Content-Location': text('The pinned URL that returns this reply again'),
  'Server-Timing': text('Milliseconds in decode, encode and encode-image, or the cache that answered'),
}

/** 304 for a client whose copy is current. */
export const NOT_MODIFIED: Responses = {
  304: { description: 'The client’s copy is current', headers: TAGGED },
}

/** Errors that any address can answer. */
const EVERYWHERE: ProblemCode[] = ['method-not-allowed', 'precondition-failed', 'internal']
/** Errors of addresses below a model. */
const OF_MODELS: ProblemCode[] = [
  'invalid-value',
  'answer-too-large',
  'unknown-model',
  'unknown-version',
  'not-acceptable',
  'rate-limited',
  'busy',
  'model-unavailable',
]
const OF_BODIES: ProblemCode[] = ['invalid-body', 'body-too-large', 'too-large', 'unsupported-media-type']

/** Problem answers of addresses below a model. @param hasBody whether the request has a body */
export function modelProblems(hasBody: boolean): Responses {
  return problems([...OF_MODELS, ...(hasBody ? OF_BODIES : [])])
}

/** Problem answers by status, each with the codes it can have. */
export function problems(codes: readonly ProblemCode[]): Responses {
  const byStatus = new Map<number, ProblemCode[]>()
  for (const code of [...codes, ...EVERYWHERE]) {
    const { status } = PROBLEMS[code]
    byStatus.set(status, [...(byStatus.get(status) ?? []), code])
  }
  return Object.fromEntries(
    Array.from(byStatus, ([status, group]) => [
      status,
      {
        description: group.join(', '),
        headers: problemHeaders(status),
        content: { 'application/problem+json': { schema: ProblemDetails } },
      },
    ]),
  )
}

function problemHeaders(status: number) {
  const retry = { 'Retry-After': integer('Seconds after which to try again') }
  if (status === 429) return { ...COMMON, ...RATE_HEADERS, ...retry }
  if (status === 503) return { ...COMMON, ...retry }
  return status === 405 ? { ...COMMON, Allow: text('The methods that the address takes') } : COMMON
}
