import { z } from '@hono/zod-openapi'
import { isValueError } from '../../models/latent.ts'
import { COMMON_HEADERS } from './headers.ts'
import { type Reply, toResponse } from './reply.ts'

/** What went wrong, for a program to switch on, with the status and title that go with it. */
export const PROBLEMS = {
  'invalid-value': { status: 400, title: 'A value is not what was expected' },
  'invalid-body': { status: 400, title: 'The body cannot be read' },
  'unknown-model': { status: 404, title: 'No such model' },
  'unknown-version': { status: 404, title: 'No such version of this model' },
  'not-found': { status: 404, title: 'No such address' },
  'method-not-allowed': { status: 405, title: 'This address does not take that method' },
  'not-acceptable': { status: 406, title: 'None of the accepted formats is offered' },
  'body-too-large': { status: 413, title: 'The body is too large' },
  'too-large': { status: 413, title: 'The answer or an image would be too large' },
  'unsupported-media-type': { status: 415, title: 'A body of that type is not read here' },
  'rate-limited': { status: 429, title: 'Too many requests' },
  'client-gone': { status: 499, title: 'The client hung up before its answer was made' },
  internal: { status: 500, title: 'Something went wrong here' },
  busy: { status: 503, title: 'Too much is being asked for at once' },
  'model-unavailable': { status: 503, title: 'This model cannot be loaded just now' },
} as const
export type ProblemCode = keyof typeof PROBLEMS

/** One value that was not as expected: where it stood, what was expected and what came. */
export const Fault = z
  .object({
    in: z.enum(['path', 'query', 'header', 'body']),
    field: z.string(),
    expected: z.string(),
    got: z.string(),
  })
  .openapi('Fault')
export type Fault = z.infer<typeof Fault>

/** RFC 9457 problem details. `code` is for programs, `detail` for people; `errors` names each wrong value. */
export const ProblemDetails = z
  .object({
    type: z
      .string()
      .openapi({ description: 'The problem’s place in the documentation', example: '/docs#invalid-value' }),
    title: z.string(),
    status: z.int(),
    code: z.enum(Object.keys(PROBLEMS) as [ProblemCode, ...ProblemCode[]]),
    detail: z.string(),
    errors: z.array(Fault).optional(),
  })
  .openapi('Problem')

/** An error that becomes the answer. */
export class Problem extends Error {
  readonly code: ProblemCode
  readonly faults: readonly Fault[]
  readonly headers: Readonly<Record<string, string>>

  /** @param detail for a person; by default made of the faults */
  constructor(
    code: ProblemCode,
    detail: string | undefined,
    faults: readonly Fault[] = [],
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(detail ?? faults.map(f => `${f.field}: expected ${f.expected}, got ${f.got}`).join('; '))
    this.code = code
    this.faults = faults
    this.headers = headers
  }
}

/** What came, short enough to be quoted. */
export function quote(value: unknown): string {
  const text =
    value === undefined ? 'nothing' : typeof value === 'string' ? JSON.stringify(value) : brief(value)
  return text.length > 80 ? `${text.slice(0, 77)}…` : text
}

function brief(value: unknown): string {
  if (Array.isArray(value)) return `a list of ${value.length}`
  if (typeof value === 'object' && value !== null) return 'an object'
  return String(value)
}

/** A problem of one wrong value. */
export function wrongValue(
  place: Fault['in'],
  field: string,
  expected: string,
  got: unknown,
  code: ProblemCode = 'invalid-value',
): Problem {
  return new Problem(code, undefined, [{ in: place, field, expected, got: quote(got) }])
}

/** The problem behind any thrown value; what is not a known problem says nothing of the machine it ran on. */
export function toProblem(error: unknown, place: Fault['in'] = 'query'): Problem {
  if (error instanceof Problem) return error
  if (isValueError(error)) {
    const got = error.got.length > 80 ? `${error.got.slice(0, 77)}…` : error.got
    return new Problem('invalid-value', undefined, [
      { in: place, field: error.field, expected: error.expected, got },
    ])
  }
  return new Problem(
    'internal',
    'The request could not be answered. It has been logged; trying again may help.',
  )
}

/** The response for a problem. */
export function problemResponse(problem: Problem): Response {
  return toResponse(problemReply(problem))
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
    ...(problem.faults.length > 0 && { errors: [...problem.faults] }),
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
