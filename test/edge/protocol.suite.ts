import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { sendRaw, statusOf } from './raw-http.ts'
import { bytesOf, jsonOf, problemOf, readEvents } from './read-answers.ts'
import { type Api, type RuntimeName, TRAINED } from './servers.ts'

const MODEL = `/v1/models/${TRAINED}`

/** HTTP as its RFCs define it. @param name of the runtime; raw bytes are sent only to those with a socket */
export function protocolSuite(api: () => Api, name: RuntimeName): void {
  const ask = (path: string, init?: RequestInit) => api().fetch(path, init)
  const json = { 'content-type': 'application/json' }
  const postZ = (headers: Record<string, string>) =>
    ask(`${MODEL}/decode?format=json`, {
      method: 'POST',
      headers: { ...json, ...headers },
      body: '{"z":[[0.5,-1]]}',
    })

  describe('conditions', () => {
    test('a POST is not answered 304: If-None-Match: * and a false If-Match get 412', async () => {
      expect((await postZ({})).status).toBe(200)
      for (const headers of [{ 'if-none-match': '*' }, { 'if-match': '"other"' }]) {
        expect(await problemOf(await postZ(headers as never))).toMatchObject({
          status: 412,
          code: 'precondition-failed',
        })
      }
      expect((await postZ({ 'if-none-match': '"other"' })).status).toBe(200)
      expect((await postZ({ 'if-match': '*' })).status).toBe(200)
    })
    test.each(['/v1/models', '/openapi.json', '/docs', `${MODEL}/sample?seed=77`, MODEL])(
      '%s has an ETag, answers 304 to it and 412 to another in If-Match',
      async path => {
        const first = await ask(path)
        await bytesOf(first)
        const etag = first.headers.get('etag') ?? ''
        expect(etag).toMatch(/^"[0-9a-f]{16}(-gzip)?"$/)
        const status = async (headers: Record<string, string>) => {
          const response = await ask(path, { headers })
          await response.arrayBuffer()
          return response.status
        }
        expect(await status({ 'if-none-match': etag })).toBe(304)
        expect(await status({ 'if-match': etag })).toBe(200)
        expect(await status({ 'if-match': '"other"' })).toBe(412)
      },
    )
  })

  describe('methods', () => {
    test.each([
      ['/v1/models', 'GET, HEAD, OPTIONS'],
      [MODEL, 'GET, HEAD, OPTIONS'],
      [`${MODEL}/decoder.onnx`, 'GET, HEAD, OPTIONS'],
      [`${MODEL}/encode`, 'POST, OPTIONS'],
      ['/docs', 'GET, HEAD, OPTIONS'],
      ['/openapi.json', 'GET, HEAD, OPTIONS'],
      ['/embed', 'GET, HEAD, OPTIONS'],
      ['/oembed', 'GET, HEAD, OPTIONS'],
      ['/healthz', 'GET, HEAD, OPTIONS'],
      ['/readyz', 'GET, HEAD, OPTIONS'],
    ])('PATCH %s gets 405 with Allow: %s', async (path, allow) => {
      const response = await ask(path, { method: 'PATCH' })
      expect(response.headers.get('allow')).toBe(allow)
      expect((await problemOf(response)).status).toBe(405)
    })
    test('a preflight allows the headers that clients and tracing libraries add', async () => {
      const requested = 'authorization, traceparent, x-request-id, content-type'
      const { headers } = await ask(`${MODEL}/encode`, {
        method: 'OPTIONS',
        headers: {
          origin: 'https://example.org',
          'access-control-request-method': 'POST',
          'access-control-request-headers': requested,
        },
      })
      expect(headers.get('access-control-allow-headers')).toBe(requested)
    })
  })

  describe('bodies', () => {
    test('a gzipped body is read; other encodings get 415 with Accept-Encoding', async () => {
      const send = (body: Uint8Array, encoding: string) =>
        ask(`${MODEL}/decode?format=json`, {
          method: 'POST',
          headers: { ...json, 'content-encoding': encoding },
          body: Uint8Array.from(body),
        })
      const plain = Buffer.from('{"z":[[0.5,-1]]}')
      expect(await jsonOf(await send(gzipSync(plain), 'gzip'))).toMatchObject({ z: [[0.5, -1]] })
      const refused = await send(plain, 'br')
      expect(refused.headers.get('accept-encoding')).toBe('gzip')
      expect(await problemOf(refused)).toMatchObject({ status: 415, code: 'unsupported-media-type' })
      expect((await problemOf(await send(plain, 'gzip'))).code).toBe('invalid-body')
    })
    test('a gzipped body that unpacks to more than the limit gets 413', async () => {
      const response = await ask(`${MODEL}/decode`, {
        method: 'POST',
        headers: { ...json, 'content-encoding': 'gzip' },
        body: Uint8Array.from(gzipSync(Buffer.alloc(50 * 2 ** 20))),
      })
      expect(await problemOf(response)).toMatchObject({ status: 413, code: 'body-too-large' })
    })
    test('forms are read as .NET sends them (name without quotes, filename*) and with an empty line before', async () => {
      const png = Buffer.from(await bytesOf(await ask(`${MODEL}/sample?seed=3`)))
      const part = (disposition: string) =>
        Buffer.concat([
          Buffer.from(`--b\r\nContent-Disposition: ${disposition}\r\nContent-Type: image/png\r\n\r\n`),
          png,
          Buffer.from('\r\n'),
        ])
      for (const [before, disposition] of [
        ['', 'form-data; name="image"; filename="a.png"'],
        ['', 'form-data; name=image; filename=a.png'],
        ['', "form-data; name=image; filename=a.png; filename*=utf-8''a.png"],
        ['\r\n', 'form-data; name="image"; filename="a.png"'],
      ]) {
        const response = await ask(`${MODEL}/encode`, {
          method: 'POST',
          headers: { 'content-type': 'multipart/form-data; boundary="b"' },
          body: Buffer.concat([Buffer.from(before), part(disposition), Buffer.from('--b--\r\n')]),
        })
        expect((await jsonOf<{ mu: number[][] }>(response)).mu).toHaveLength(1)
      }
    })
    test('base64 is read in a data URL of any case, and as base64url', async () => {
      const png = Buffer.from(await bytesOf(await ask(`${MODEL}/sample?seed=3`)))
      const encode = async (image: string) =>
        jsonOf<{ mu: number[][] }>(
          await ask(`${MODEL}/encode`, {
            method: 'POST',
            headers: json,
            body: JSON.stringify({ images: [image] }),
          }),
        )
      const plain = await encode(png.toString('base64'))
      expect(await encode(`DATA:image/PNG;base64,${png.toString('base64')}`)).toEqual(plain)
      expect(await encode(png.toString('base64url'))).toEqual(plain)
    })
  })

  describe('server-sent events', () => {
    const stream = `${MODEL}/interpolate?from=seed:1&to=seed:2&steps=5&format=sse`
    test('frames have ids, and a client that reconnects gets those it has not received', async () => {
      const all = readEvents(await (await ask(stream)).text())
      expect(all.map(({ id }) => id)).toEqual([undefined, '0', '1', '2', '3', '4', 'end'])
      const rest = readEvents(await (await ask(stream, { headers: { 'last-event-id': '2' } })).text())
      expect(rest.slice(1)).toEqual(all.slice(4))
    })
    test('a client that reconnects after the end gets 204, which stops an EventSource', async () => {
      const response = await ask(stream, { headers: { 'last-event-id': 'end' } })
      expect([response.status, await response.text()]).toEqual([204, ''])
    })
  })

  describe.skipIf(name === 'in process')('on the wire', () => {
    test('X-Request-Id and traceparent are taken, or the id is made', async () => {
      const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01'
      const given = await ask('/healthz', { headers: { 'x-request-id': 'abc-1', traceparent } })
      expect([given.headers.get('x-request-id'), given.headers.get('traceparent')]).toEqual([
        'abc-1',
        traceparent,
      ])
      const made = await ask('/healthz', { headers: { 'x-request-id': 'a b', traceparent: 'x' } })
      expect(made.headers.get('x-request-id')).toMatch(/^[\da-f-]{36}$/)
      expect(made.headers.get('traceparent')).toBeNull()
    })
    test('OPTIONS * is answered, and a request with two Hosts refused', async () => {
      const options = await sendRaw(api().url, 'OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
      expect([statusOf(options), /^allow: (.*)\r$/im.exec(options)?.[1]]).toEqual([204, 'GET, HEAD, OPTIONS'])
      const hosts = 'GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n'
      expect(statusOf(await sendRaw(api().url, hosts))).toBe(400)
    })
    test('every answer has a Date', async () => {
      for (const path of ['/healthz', `${MODEL}/sample?seed=1`, '/nothing']) {
        expect(Date.parse((await ask(path)).headers.get('date') ?? '')).toBeGreaterThan(1.7e12)
      }
    })
    test.each([
      ['a Host with a space', 'GET /healthz HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n'],
      ['a Host with a path', 'GET /healthz HTTP/1.1\r\nHost: a/b@c\r\nConnection: close\r\n\r\n'],
      [
        'a chunk without a size',
        `POST ${MODEL}/encode HTTP/1.1\r\nHost: x\r\nContent-Type: image/png\r\nTransfer-Encoding: chunked\r\n` +
          'Connection: close\r\n\r\nzz\r\nabc\r\n0\r\n\r\n',
      ],
    ])('%s is the client’s error', async (_, text) => {
      const status = statusOf(await sendRaw(api().url, text, /\r\n\r\n/))
      expect(status).toBeGreaterThanOrEqual(400)
      expect(status).toBeLessThan(500)
    })
  })
}
