import { COMMON_HEADERS } from './headers.ts'
import { Problem, problemResponse } from './problem.ts'

/** What an address may be asked by, as Allow lists it. */
function allowed(methods: readonly string[]): string {
  const names = methods.map(method => method.toUpperCase())
  return [...names, ...(names.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ')
}

/** Tells browsers what pages of other sites may ask. */
export function preflight(methods: readonly string[]): Response {
  const headers = {
    ...COMMON_HEADERS,
    'access-control-allow-methods': allowed(methods),
    'access-control-allow-headers': 'accept, content-type, if-none-match',
    'access-control-max-age': '86400',
    allow: allowed(methods),
  }
  return new Response(null, { status: 204, headers })
}

/** Refuses a method, and says which ones there are. */
export function refuseMethod(methods: readonly string[]): Response {
  const names = methods.map(method => method.toUpperCase())
  const detail = `This address takes ${names.join(' and ')}.`
  return problemResponse(new Problem('method-not-allowed', detail, [], { allow: allowed(methods) }))
}
