import { describe, expect, test } from 'vitest'
import { bytesOf, jsonOf, OWN_HEADERS, problemOf } from './read-answers.ts'
import { type Api, TRAINED } from './servers.ts'

/** A repeated request gets the same answer as the first one, although parsed requests and answers are cached. */
export function repeatedSuite(api: () => Api): void {
  const model = `/v1/models/${TRAINED}`
  const ask = async (path: string, init?: RequestInit) => {
    const response = await api().fetch(`${model}${path}`, init)
    const headers = Object.fromEntries([...response.headers].filter(([name]) => !OWN_HEADERS.includes(name)))
    const body = Buffer.from(await response.arrayBuffer()).toString('base64')
    return { status: response.status, headers, body }
  }

  describe('repeated requests', () => {
    test.each([
      ['sample?', 'temperature=0.77&format=f32', ''],
      ['sample?', 'temperature=0.78&n=3&class=4', ''],
      ['sample?', 'temperature=0.79&n=17', 'application/x-npy'],
    ])(
      '%s%s as %s differs from the reply for another seed only in what the seed determines',
      async (path, query, accept) => {
        const init = { headers: { accept: accept || '*/*' } }
        const other = await ask(`/${path}${query}&seed=5`, init)
        const planned = await ask(`/${path}${query}&seed=6`, init)
        const first = await ask(`/${path}seed=6&${query}`, init)
        expect(planned).toEqual(first)
        expect(planned.headers['x-seed']).toBe('6')
        expect(planned.headers['content-location']).toContain('seed=6')
        expect(Object.keys(planned.headers).sort()).toEqual(Object.keys(other.headers).sort())
        expect(planned.body).not.toBe(other.body)
      },
    )
    test('an invalid seed is refused after a valid request too', async () => {
      const path = '/sample?temperature=0.81&format=f32'
      expect((await ask(`${path}&seed=1`)).status).toBe(200)
      expect((await ask(`${path}&seed=0042`)).headers['x-seed']).toBe('42')
      expect((await ask(`${path}&seed=4294967295`)).headers['x-seed']).toBe('4294967295')
      for (const wrong of ['seed=4294967296', 'seed=-1', 'seed=1.5', 'seed=1&seed=2', 'seed=', 'sed=1']) {
        const problem = await problemOf(await api().fetch(`${model}${path}&${wrong}`))
        expect([wrong, problem.code]).toEqual([wrong, 'invalid-value'])
      }
    })
    test('each request without a seed draws a different seed', async () => {
      const path = '/sample?temperature=0.82&format=f32'
      const answers = [await ask(path), await ask(path), await ask(path)]
      expect(new Set(answers.map(({ body }) => body)).size).toBe(3)
      for (const { headers } of answers) {
        expect(headers['cache-control']).toBe('no-store')
        const again = await api().fetch(headers['content-location'])
        expect(Buffer.from(await bytesOf(again)).toString('base64')).toBe(
          answers.find(answer => answer.headers === headers)?.body,
        )
      }
    })
    test.each(['format=f32', 'n=16'])(
      'HEAD, If-None-Match and other methods agree with a repeated GET of %s',
      async query => {
        const { version } = await jsonOf<{ version: string }>(await api().fetch(model))
        const path = `@${version}/sample?temperature=0.83&${query}&seed=1`
        const [first, again] = [await ask(path), await ask(path)]
        expect(again).toEqual(first)
        expect(again.headers['cache-control']).toContain('immutable')
        const head = await ask(path, { method: 'HEAD' })
        expect({ ...head, body: first.body }).toEqual(first)
        expect(head.body).toBe('')
        const { 'content-length': _, 'content-type': __, ...kept } = first.headers
        const { 'content-length': ___, ...unchanged } = (
          await ask(path, { headers: { 'if-none-match': first.headers.etag } })
        ).headers
        expect(unchanged).toEqual(kept)
        const { status } = await ask(path, { headers: { 'if-none-match': `"other", ${first.headers.etag}` } })
        expect(status).toBe(304)
        expect((await ask(path, { headers: { 'if-none-match': '"other"' } })).status).toBe(200)
        expect((await ask(path, { method: 'DELETE' })).status).toBe(405)
      },
    )
    test('a request repeated with another Accept or method is parsed again', async () => {
      const path = '/decode?z=0.11,0.12'
      const as = async (accept: string) => (await ask(path, { headers: { accept } })).headers['content-type']
      expect(await as('image/png')).toBe('image/png')
      expect(await as('application/json')).toBe('application/json')
      expect(await as('image/png')).toBe('image/png')
      const posted = await ask('/decode?format=json', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"z": [[0.11, 0.12]]}',
      })
      expect(posted.status).toBe(200)
      expect(posted.headers['content-location']).toBeUndefined()
    })
  })
}
