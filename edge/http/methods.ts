import { COMMON_HEADERS } from './headers.ts'
import { Problem } from './problem.ts'
import type { Reply } from './reply.ts'

/** The methods of an address as Allow lists them; HEAD goes with GET. */
function allowed(methods: readonly string[]): string {
  const names = methods.map(method => method.toUpperCase())
  return [...names, ...(names.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ')
}

/** Answers OPTIONS: what pages of other origins may send (Fetch standard, CORS preflight). */
export function preflight(methods: readonly string[], requestedHeaders: string | null): Reply {
  const headers = {
    ...COMMON_HEADERS,
    'access-control-allow-methods': allowed(methods),
    'access-control-allow-headers': allowedHeaders(requestedHeaders),
    'access-control-max-age': '86400',
    vary: 'access-control-request-headers',
    allow: allowed(methods),
  }
  return { status: 204, headers, body: null }
}

const ALLOWED_HEADERS = 'accept, content-type, if-match, if-none-match, x-request-id, traceparent'

/**
 * The headers that were requested: none of them can do harm, since no answer depends on who asks. Tracing and
 * authorisation libraries add their own to every request, and without this no page that uses them could read an answer.
 */
function allowedHeaders(requested: string | null): string {
  const isList = requested !== null && requested.length <= 1000 && /^[\w\-, ]+$/.test(requested)
  return isList ? requested : ALLOWED_HEADERS
}

/** The error for a method that an address does not take. */
export function methodNotAllowed(methods: readonly string[]): Problem {
  const names = methods.map(method => method.toUpperCase())
  const detail = `This address takes ${names.join(' and ')}.`
  return new Problem('method-not-allowed', detail, [], { allow: allowed(methods) })
}
