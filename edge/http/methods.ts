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
 * The headers that a page may send: all that it asks for. They can do no harm, since browsers send no cookies here.
 * Libraries for tracing and authorisation add headers of their own to every request; if one were not allowed, pages
 * that use them could read no answer.
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
