import type { Failure } from './outcome.ts'
import type { BodyCheck, RequestKind } from './request-kind.ts'

/** Number of bytes from the start in which `has` is searched. */
export const HAS_WITHIN = 65_536

/** A complete reply. */
export interface Reply {
  status: number
  /** The content-type header; '' without one. */
  type: string
  body: Buffer
}

/** Compares a reply with what its kind expects; an empty list if it is as expected. */
export function checkReply({ status, type, body }: Reply, { expect }: RequestKind): [Failure, string] | [] {
  if (status !== expect.status) return ['status', `expected ${expect.status}, got ${status}`]
  const mediaType = type.split(';')[0].trim().toLowerCase()
  if (expect.type !== undefined && mediaType !== expect.type) {
    return ['type', `expected ${expect.type}, got ${mediaType || 'none'}`]
  }
  const fault = checkBody(body, expect.body)
  return fault === undefined ? [] : ['body', fault]
}

/** Describes how a body differs from what is expected; undefined if it does not. */
export function checkBody(body: Buffer, check: BodyCheck): string | undefined {
  const { begins = '', ends = '', has = '', bytes = body.length, least = 0 } = check
  if (body.length !== bytes) return `expected ${bytes} bytes, got ${body.length}`
  if (body.length < least) return `expected at least ${least} bytes, got ${body.length}`
  if (body.toString('latin1', 0, begins.length) !== begins) {
    return `expected the body to begin with ${JSON.stringify(begins)}`
  }
  if (body.toString('latin1', Math.max(0, body.length - ends.length)) !== ends) {
    return `expected the body to end with ${JSON.stringify(ends)}`
  }
  if (has && !body.subarray(0, HAS_WITHIN).includes(has, 0, 'latin1')) {
    return `expected ${JSON.stringify(has)} in the first ${HAS_WITHIN} bytes`
  }
  return undefined
}
