import { expect, test } from 'vitest'
import { applyConditions, matchesStrongly, matchesWeakly } from './conditional.ts'
import type { Reply } from './reply.ts'
import { type Conditions, headOf } from './request-head.ts'

test.each([
  ['"a"', true],
  ['W/"a"', true],
  ['"b", W/"a" ', true],
  ['*', true],
  ['"b"', false],
  ['a', false],
])('If-None-Match: %s matches "a": %s', (header, expected) => {
  expect(matchesWeakly(header, '"a"')).toBe(expected)
})

test.each([
  ['"a"', '"a"', true],
  ['W/"a"', '"a"', false],
  ['W/"a"', 'W/"a"', false],
  ['"b", "a"', '"a"', true],
  ['*', 'W/"a"', true],
  ['"b"', '"a"', false],
])('If-Match: %s matches %s: %s', (header, etag, expected) => {
  expect(matchesStrongly(header, etag)).toBe(expected)
})

const client = { address: () => 'test', hasHungUp: () => false }
const modified = 'Mon, 02 Nov 2026 10:00:00 GMT'
const current: Reply = { status: 200, headers: { etag: '"a"', 'last-modified': modified }, body: 'x' }
const later = 'Mon, 02 Nov 2026 10:00:01 GMT'
const earlier = 'Mon, 02 Nov 2026 09:59:59 GMT'

test.each<[string, Conditions, number]>([
  ['GET', {}, 200],
  ['GET', { ifNoneMatch: '"a"' }, 304],
  ['HEAD', { ifNoneMatch: '*' }, 304],
  ['POST', { ifNoneMatch: '*' }, 412],
  ['POST', { ifNoneMatch: '"b"' }, 200],
  ['GET', { ifMatch: '"a"' }, 200],
  ['GET', { ifMatch: '"b"' }, 412],
  ['POST', { ifMatch: '"b"' }, 412],
  ['GET', { ifMatch: '"a"', ifNoneMatch: '"a"' }, 304],
  ['GET', { ifModifiedSince: modified }, 304],
  ['GET', { ifModifiedSince: later }, 304],
  ['GET', { ifModifiedSince: earlier }, 200],
  ['GET', { ifModifiedSince: 'yesterday' }, 200],
  ['POST', { ifModifiedSince: later }, 200],
  // If-None-Match takes precedence (RFC 9110, 13.1.3).
  ['GET', { ifNoneMatch: '"b"', ifModifiedSince: later }, 200],
])('%s with %o gets %i', (method, conditions, status) => {
  const head = { ...headOf(new Request('http://x/', { method }), client), conditions }
  const reply = applyConditions(current, head)
  expect(reply.status).toBe(status)
  if (status === 304) expect(reply.body).toBeNull()
})

test('a reply that is not 200 is not conditional', () => {
  const head = { ...headOf(new Request('http://x/'), client), conditions: { ifMatch: '"b"' } }
  expect(applyConditions({ ...current, status: 404 }, head).status).toBe(404)
})
