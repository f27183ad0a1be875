import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { acceptsGzip, createCompressor } from './compress.ts'
import { applyConditions } from './conditional.ts'
import { textReply } from './reply.ts'
import { headOf } from './request-head.ts'

const client = { address: () => '', hasHungUp: () => false }
const headWith = (encodings: string) =>
  headOf(new Request('http://x/', { headers: { 'accept-encoding': encodings } }), client)
const compress = createCompressor()
const TEXT = 'All models are wrong. '.repeat(100)

test('a long text is sent as gzip to clients that accept it, with a tag of its own', async () => {
  const reply = textReply(TEXT, 'text/plain')
  const { headers, body } = await compress(reply, headWith('br, gzip;q=0.5'))
  expect(gunzipSync(body as Uint8Array).toString()).toBe(TEXT)
  expect(headers).toMatchObject({
    'content-encoding': 'gzip',
    'content-length': String((body as Uint8Array).length),
    vary: 'accept-encoding',
    etag: reply.headers.etag.replace(/"$/, '-gzip"'),
  })
})

test('conditions on the tag of a compressed text hold for the text', async () => {
  const reply = textReply(TEXT, 'text/plain')
  const { headers } = await compress(reply, headWith('gzip'))
  const asked = (name: string, tag: string) =>
    applyConditions(reply, headOf(new Request('http://x/', { headers: { [name]: tag } }), client)).status
  expect(asked('if-none-match', headers.etag)).toBe(304)
  expect(asked('if-match', headers.etag)).toBe(200)
  expect(asked('if-match', '"other-gzip"')).toBe(412)
})

test('clients that do not accept gzip get the uncompressed bytes, with Vary', async () => {
  const reply = textReply(TEXT, 'text/plain')
  expect(compress(reply, headWith('identity'))).toBe(reply)
  expect(reply.headers.vary).toBe('accept-encoding')
})

test('short texts and replies that are not marked are not compressed', () => {
  const short = textReply('short', 'text/plain')
  expect(compress(short, headWith('gzip'))).toBe(short)
  const unmarked = { ...textReply(TEXT, 'text/plain'), compress: false }
  expect(compress(unmarked, headWith('gzip'))).toBe(unmarked)
})

test.each([
  ['gzip', true],
  ['deflate, GZIP', true],
  ['gzip;q=0.1', true],
  ['gzip;q=0', false],
  ['gzip; q=0.000', false],
  ['x-gzippy', false],
  ['', false],
])('Accept-Encoding %j accepts gzip: %j', (header, accepted) => {
  expect(acceptsGzip(header)).toBe(accepted)
})
