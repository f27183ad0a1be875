import { z } from '@hono/zod-openapi'
import { isValueError } from '../../models/value-error.ts'
import { COMMON_HEADERS } from './headers.ts'
import type { Reply } from './reply.ts'

/** Kinds of errors by their code, each with its status and title. */
export const PROBLEMS = {
  'invalid-value': { status: 400, title: 'A value is not what was expected' },
  'invalid-body': { status: 400, title: 'The body cannot be read' },
  unauthorized: { status: 401, title: 'This key is not accepted' },
  'unknown-model': { status: 404, title: 'No such model' },
  'unknown-version': { status: 404, title: 'No such version of this model' },
  'not-found': { status: 404, title: 'No such URL' },
  'method-not-allowed': { status: 405, title: 'This URL does not allow the method' },
  'not-acceptable': { status: 406, title: 'None of the accepted formats is offered' },
  'precondition-failed': { status: 412, title: 'A condition of the request does not hold' },
  'body-too-large': { status: 413, title: 'The body is too large' },
  'answer-too-large': { status: 400, title: 'The requested picture would be too large' },
  'too-large': { status: 413, title: 'A posted picture is too large' },
  'unsupported-media-type': { status: 415, title: 'Bodies of this media type are not supported' },
  'rate-limited': { status: 429, title: 'Too many requests' },
  'client-gone': { status: 499, title: 'The client closed the connection before the reply was made' },
  internal: { status: 500, title: 'The server failed' },
  busy: { status: 503, title: 'Too many large requests are waiting' },
  'shutting-down': { status: 503, title: 'This server is shutting down' },
  'model-unavailable': { status: 503, title: 'This model cannot be loaded now' },
} as const

/** The code of a problem. */
export type ProblemCode = keyof typeof PROBLEMS

/** One wrong value: its place, what was expected and what was found. */
export const FieldError = z
  .object({
    in: z.enum(['path', 'query', 'header', 'body']),
    field: z.string(),
    expected: z.string(),
    got: z.string(),
  })
  .openapi('FieldError', { description: 'One wrong value of a request' })
export type FieldError = z.infer<typeof FieldError>

/** RFC 9457 problem details. `code` is for programs, `detail` for people; `errors` names the wrong values. */
export const ProblemDetails = z
  .object({
    type: z
      .string()
      .openapi({ description: 'The problem’s place in the documentation', example: '/docs#invalid-value' }),
    title: z.string(),
    status: z.int(),
    code: z.enum(Object.keys(PROBLEMS) as [ProblemCode, ...ProblemCode[]]),
    detail: z.string(),
    errors: z.array(FieldError).optional(),
  })
  .openapi('Problem', { description: 'The body of an error (RFC 9457)' })

/** The most wrong values named in one answer: enough to correct a request, few enough to be cheap. */
export const MAX_FIELD_ERRORS = 8

/** An error that is sent to the client. */
export class Problem extends Error {
  readonly code: ProblemCode
  readonly errors: readonly FieldError[]
  readonly headers: Readonly<Record<string, string>>

  /**
   * @param detail for people; by default made from the errors
   * @param errors the first `MAX_FIELD_ERRORS` are kept
   */
  constructor(
    code: ProblemCode,
    detail: string | undefined,
    errors: readonly FieldError[] = [],
    headers: Readonly<Record<string, string>> = {},
  ) {
    const first = errors.slice(0, MAX_FIELD_ERRORS)
    super(detail ?? first.map(f => `${f.field}: expected ${f.expected}, got ${f.got}`).join('; '))
    this.code = code
    this.errors = first
    this.headers = headers
  }
}

/** Characters of a quoted value. */
const QUOTED = 80

/** A value as errors quote it, shortened. */
export function quote(value: unknown): string {
  if (value === undefined) return 'nothing'
  return shorten(typeof value === 'string' ? JSON.stringify(value.slice(0, QUOTED + 1)) : brief(value))
}

function shorten(text: string): string {
  return text.length > QUOTED ? `${text.slice(0, QUOTED - 3)}…` : text
}

function brief(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`
  if (typeof value === 'object' && value !== null) return 'an object'
  return String(value)
}

/** A problem of one wrong value. */
export function wrongValue(
  place: FieldError['in'],
  field: string,
  expected: string,
  got: unknown,
  code: ProblemCode = 'invalid-value',
): Problem {
  return new Problem(code, undefined, [{ in: place, field, expected, got: quote(got) }])
}

/** The problem for a client that closed its connection. */
export function clientGone(): Problem {
  return new Problem('client-gone', 'The client closed its connection.')
}

/** The problem for any thrown value. An unknown error becomes `internal`, which reveals nothing of the machine. */
export function toProblem(error: unknown, place: FieldError['in'] = 'query'): Problem {
  if (error instanceof Problem) return error
  if (isValueError(error)) {
    const { field, expected, got } = error
    return new Problem('invalid-value', undefined, [{ in: place, field, expected, got: shorten(got) }])
  }
  return new Problem(
    'internal',
    'The request could not be answered. It has been logged; trying again may help.',
  )
}

/** The reply for a problem. */
export function problemReply(problem: Problem): Reply {
  const { status, title } = PROBLEMS[problem.code]
  const body: z.infer<typeof ProblemDetails> = {
    type: `/docs#${problem.code}`,
    title,
    status,
    code: problem.code,
    detail: problem.message,
    ...(problem.errors.length > 0 && { errors: [...problem.errors] }),
  }
  return {
    status,
    headers: {
      ...COMMON_HEADERS,
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      ...problem.headers,
    },
    body: JSON.stringify(body),
  }
}
