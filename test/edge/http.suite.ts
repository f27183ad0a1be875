import { describe, expect, test } from 'vitest'
import { Card } from '../../models/card.ts'
import { bytesOf, jsonOf, problemOf } from './read-answers.ts'
import { type Api, CONDITIONAL, TRAINED } from './servers.ts'

/** What every runtime answers about its models, and how it follows HTTP: caching, methods, headers, health. */
export function httpSuite(api: () => Api): void {
  const ask = (path: string, init?: RequestInit) => api().fetch(path, init)
  const model = `/v1/models/${TRAINED}`

  describe('catalog', () => {
    test('GET /v1/models lists models by id and marks those that cannot be used', async () => {
      const { models } = await jsonOf<{ models: { id: string; available: boolean; url: string }[] }>(
        await ask('/v1/models'),
      )
      const ids = models.map(({ id }) => id)
      expect(ids).toEqual(ids.toSorted())
      expect(ids).toContain(TRAINED)
      expect(models.find(({ id }) => id === 'blank')?.available).toBe(false)
      expect(await bytesOf(await ask(models.find(({ id }) => id === TRAINED)?.url ?? ''))).toBeTruthy()
    })
    test('GET /v1/models/{id} returns the card, and the files match it', async () => {
      const card = Card.parse(await jsonOf(await ask(model)))
      expect(await jsonOf(await ask(`${model}/card.json`))).toEqual(card)
      for (const part of ['encoder', 'decoder'] as const) {
        const bytes = await bytesOf(await ask(`${model}/${part}.onnx`))
        const digest = Buffer.from(await crypto.subtle.digest('SHA-256', bytes)).toString('hex')
        expect(digest).toBe(card.files[part].sha256)
      }
    })
    test('GET /v1/models/{id}?density=omit returns the card with null for its density, and refuses other values', async () => {
      const path = `/v1/models/${CONDITIONAL}`
      const card = await jsonOf<Card>(await ask(path))
      expect(card.density).toBeTruthy()
      const short = await ask(`${path}?density=omit`)
      expect(short.headers.get('content-location')).toBe(`${path}@${card.version}?density=omit`)
      expect(await jsonOf(short)).toEqual({ ...card, density: null })
      expect(await jsonOf(await ask(`${model}?density=omit`))).toEqual(await jsonOf(await ask(model)))
      expect(await problemOf(await ask(`${path}?density=none`))).toMatchObject({
        code: 'invalid-value',
        errors: [{ in: 'query', field: 'density', expected: 'omit', got: '"none"' }],
      })
    })
    test('a model that cannot be loaded returns 503, other models are not affected', async () => {
      for (const id of ['torn', 'lost', 'blank']) {
        const response = await ask(`/v1/models/${id}/sample?seed=1`)
        expect(response.headers.get('retry-after')).toBe('5')
        expect(await problemOf(response)).toMatchObject({ status: 503, code: 'model-unavailable' })
      }
      await bytesOf(await ask(`${model}/sample?seed=1`))
    })
  })

  describe('caching', () => {
    test('a pinned URL is immutable, an unpinned URL revalidates, and both have an ETag', async () => {
      const { version } = await jsonOf<Card>(await ask(model))
      const pinned = await ask(`${model}@${version}/sample?seed=9`)
      expect(pinned.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
      const loose = await ask(`${model}/sample?seed=9`)
      expect(loose.headers.get('cache-control')).toBe('public, max-age=60, must-revalidate')
      const etag = loose.headers.get('etag') ?? ''
      expect(etag).toMatch(/^"[0-9a-f]{16}"$/)
      expect(pinned.headers.get('etag')).toBe(etag)
      expect(await bytesOf(pinned)).toEqual(await bytesOf(loose))
      for (const tag of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
        const unchanged = await ask(`${model}/sample?seed=9`, { headers: { 'if-none-match': tag } })
        expect([unchanged.status, (await unchanged.arrayBuffer()).byteLength]).toEqual([304, 0])
        expect(unchanged.headers.get('etag')).toBe(etag)
      }
      const changed = await ask(`${model}/sample?seed=9`, { headers: { 'if-none-match': '"other"' } })
      expect((await bytesOf(changed)).length).toBeGreaterThan(100)
    })
    test('a response from the memory cache is marked in Server-Timing', async () => {
      await bytesOf(await ask(`${model}/grid?size=3`))
      const again = await ask(`${model}/grid?size=3`)
      expect(again.headers.get('server-timing')).toBe('cache;desc="memory"')
      await bytesOf(again)
    })
    test('a different Accept returns a different response at the same URL', async () => {
      const as = async (accept: string) => {
        const response = await ask(`${model}/sample?seed=3`, { headers: { accept } })
        await bytesOf(response)
        expect(response.headers.get('vary')).toBe('accept')
        return response.headers.get('content-type')
      }
      expect(await as('application/json')).toBe('application/json')
      expect(await as('image/*,*/*;q=0.8')).toBe('image/png')
      expect(await as('text/html;q=0.9, application/x-npy;q=0.5')).toBe('application/x-npy')
      expect(await as('image/png;q=0, */*')).toBe('application/json')
      const none = await ask(`${model}/sample`, { headers: { accept: 'image/png;q=0' } })
      expect((await problemOf(none)).code).toBe('not-acceptable')
      expect(
        await problemOf(await ask(`${model}/sample`, { headers: { accept: 'text/html' } })),
      ).toMatchObject({
        status: 406,
        code: 'not-acceptable',
        errors: [{ in: 'header', field: 'accept' }],
      })
    })
  })

  describe('methods and headers', () => {
    test('HEAD has the headers of GET and no body', async () => {
      for (const path of [`${model}/sample?seed=9`, model, '/v1/models', '/docs']) {
        const get = await ask(path)
        const head = await ask(path, { method: 'HEAD' })
        expect([head.status, (await head.arrayBuffer()).byteLength]).toEqual([200, 0])
        expect(head.headers.get('etag')).toBe(get.headers.get('etag'))
        expect(head.headers.get('content-type')).toBe(get.headers.get('content-type'))
        await get.arrayBuffer()
      }
      const head = await ask(`${model}/sample?seed=9`, { method: 'HEAD' })
      expect(Number(head.headers.get('content-length'))).toBeGreaterThan(100)
    })
    test('OPTIONS answers a preflight; other methods get 405 with Allow', async () => {
      const preflight = await ask(`${model}/encode`, {
        method: 'OPTIONS',
        headers: { origin: 'https://example.org', 'access-control-request-method': 'POST' },
      })
      expect(preflight.status).toBe(204)
      expect(preflight.headers.get('access-control-allow-origin')).toBe('*')
      expect(preflight.headers.get('access-control-allow-methods')).toContain('POST')
      expect(preflight.headers.get('access-control-allow-headers')).toContain('content-type')
      for (const [path, allow] of [
        ['sample', 'GET, HEAD, OPTIONS'],
        ['encode', 'POST, OPTIONS'],
        ['decode', 'GET, POST, HEAD, OPTIONS'],
        ['card.json', 'GET, HEAD, OPTIONS'],
      ]) {
        const { headers } = await ask(`${model}/${path}`, { method: 'OPTIONS' })
        expect([headers.get('allow'), headers.get('access-control-allow-methods')]).toEqual([allow, allow])
      }
      for (const [path, method, allow] of [
        ['sample', 'POST', 'GET, HEAD, OPTIONS'],
        ['encode', 'GET', 'POST, OPTIONS'],
        ['decode', 'DELETE', 'GET, POST, HEAD, OPTIONS'],
      ]) {
        const response = await ask(`${model}/${path}`, { method })
        expect(response.headers.get('allow')).toBe(allow)
        expect(await problemOf(response)).toMatchObject({ status: 405, code: 'method-not-allowed' })
      }
    })
    test('any page may read and embed an answer; pages run nothing', async () => {
      const { headers } = await ask(`${model}/sample?seed=9`)
      expect(headers.get('access-control-allow-origin')).toBe('*')
      expect(headers.get('access-control-expose-headers')).toBe('*')
      expect(headers.get('cross-origin-resource-policy')).toBe('cross-origin')
      expect(headers.get('x-content-type-options')).toBe('nosniff')
      const docs = await ask('/docs')
      expect(docs.headers.get('content-security-policy')).toContain("default-src 'none'")
      expect(docs.headers.get('referrer-policy')).toBe('no-referrer')
      await docs.arrayBuffer()
    })
  })

  describe('health and documentation', () => {
    test('healthz and readyz answer 200', async () => {
      expect(await jsonOf(await ask('/healthz'))).toEqual({ status: 'ok' })
      expect(await jsonOf(await ask('/readyz'))).toMatchObject({ status: 'ready' })
    })
    test('openapi.json is OpenAPI 3.1 and names every operation', async () => {
      const document = await jsonOf<{ openapi: string; paths: Record<string, object> }>(
        await ask('/openapi.json'),
      )
      expect(document.openapi).toBe('3.1.0')
      const paths = Object.keys(document.paths)
      for (const name of ['sample', 'interpolate', 'reconstruct', 'encode', 'decode', 'grid', 'latents']) {
        expect(paths).toContain(`/v1/models/{model}/${name}`)
      }
    })
    test('the docs page loads no external resources', async () => {
      const response = await ask('/docs')
      expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
      const html = new TextDecoder().decode(await bytesOf(response))
      expect(html).not.toMatch(/(?:src|href)="(?:https?:)?\/\//)
      expect(html).toContain('id="rate-limited"')
    })
  })
}
