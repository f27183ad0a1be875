import { Problem, problemReply } from './problem.ts'
import type { Reply } from './reply.ts'
import type { RequestHead } from './request-head.ts'

/**
 * Applies a request's conditions to the reply it would get without them (RFC 9110, 13.2): 304 without a body to a GET or
 * HEAD whose client has the current copy, 412 where If-Match names another copy or a method other than GET and HEAD has
 * an If-None-Match that matches. Only successful replies are conditional.
 */
export function applyConditions(reply: Reply, { method, conditions }: RequestHead): Reply {
  const { ifMatch, ifNoneMatch, ifModifiedSince } = conditions
  if (reply.status !== 200) return reply
  const { etag, 'last-modified': modified } = reply.headers
  if (ifMatch !== undefined && !matchesStrongly(ifMatch, etag)) return failed('If-Match')
  const isRead = method === 'GET' || method === 'HEAD'
  if (ifNoneMatch !== undefined) {
    if (!matchesWeakly(ifNoneMatch, etag)) return reply
    return isRead ? notModified(reply) : failed('If-None-Match')
  }
  if (isRead && ifModifiedSince !== undefined && modified !== undefined) {
    // A date that cannot be parsed is ignored: the comparison with NaN is false.
    if (Date.parse(modified) <= Date.parse(ifModifiedSince)) return notModified(reply)
  }
  return reply
}

function notModified(reply: Reply): Reply {
  const { 'content-length': _, 'content-type': __, ...headers } = reply.headers
  return { status: 304, body: null, headers }
}

function failed(header: string): Reply {
  return problemReply(new Problem('precondition-failed', `${header} does not hold for this answer.`))
}

/** Whether an If-None-Match header matches a tag, by weak comparison (13.1.2). */
export function matchesWeakly(header: string, etag: string | undefined): boolean {
  return matches(header, etag, tag => tag.replace(/^W\//, ''))
}

/** Whether an If-Match header matches a tag, by strong comparison (13.1.1). */
export function matchesStrongly(header: string, etag: string | undefined): boolean {
  return etag?.startsWith('W/') ? header.trim() === '*' : matches(header, etag, tag => tag)
}

function matches(header: string, etag: string | undefined, normalise: (tag: string) => string): boolean {
  if (header.trim() === '*') return true
  if (etag === undefined) return false
  const wanted = normalise(etag)
  // A compressed reply's tag is that of the reply with a suffix.
  return header.split(',').some(tag => normalise(tag.trim().replace(/-gzip"$/, '"')) === wanted)
}
