import { describe, expect, test } from 'vitest'
import { ApiError, createClient } from '../../edge/client/index.ts'
import { type Api, CONDITIONAL, TRAINED } from './servers.ts'

/** The typed client, as others install it, against a runtime. That its types hold is shown by this file's compiling. */
export function clientSuite(api: () => Api): void {
  const client = () =>
    createClient('http://localhost', {
      fetch: (url, init) => {
        const { pathname, search } = new URL(url)
        return api().fetch(pathname + search, init)
      },
    })

  describe('typed client', () => {
    test('the typed client lists models and reads their files', async () => {
      const { models } = await client().models()
      expect(models.map(({ id }) => id)).toContain(TRAINED)
      const card = (await (await client().file(TRAINED, 'card.json')).json()) as { id: string }
      expect(card.id).toBe(TRAINED)
    })
    test('an array of the typed client has the shape and the numbers of the JSON answer', async () => {
      const query = { n: 2, seed: 7 }
      const { data, shape, model, seed, url } = await client().array('sample', TRAINED, { query })
      const { z, xhat } = await client().json('sample', TRAINED, { query })
      expect([shape, seed]).toEqual([[2, 28, 28], 7])
      expect(model).toMatch(`${TRAINED}@`)
      expect(url).toContain('seed=7')
      const json = (xhat as number[][]).flat()
      expect(data.length).toBe(json.length)
      expect(Math.max(...data.map((value, i) => Math.abs(value - json[i])))).toBeLessThan(1e-6)
      const decoded = await client().array('decode', TRAINED, { body: Float32Array.from(z.flat()) })
      expect(decoded.shape).toEqual(shape)
      expect(Math.max(...decoded.data.map((value, i) => Math.abs(value - data[i])))).toBeLessThan(1e-5)
    })
    test('the typed client returns pictures as blobs, and reconstructs posted ones', async () => {
      const png = await client().picture('write', CONDITIONAL, { query: { text: '42', seed: 1 } })
      expect(png.type).toBe('image/png')
      const digit = await client().picture('sample', TRAINED, { query: { seed: 1 } })
      const { images } = await client().json('reconstruct', TRAINED, { body: digit })
      expect(images[0].z).toHaveLength(2)
      expect(images[0].bce).toBeGreaterThan(0)
    })
    test('the typed client yields frames one after the other', async () => {
      const query = { from: 'seed:1', to: 'seed:2', steps: 3 }
      const indices: number[] = []
      for await (const { index, xhat } of client().frames('interpolate', TRAINED, { query })) {
        expect(xhat).toHaveLength(784)
        indices.push(index)
      }
      expect(indices).toEqual([0, 1, 2])
    })
    test('the typed client throws an error that says what was expected', async () => {
      const error = await client()
        .json('sample', TRAINED, { query: { n: 1000 } })
        .catch(error => error)
      expect(error).toBeInstanceOf(ApiError)
      expect(error).toMatchObject({ status: 400, code: 'invalid-value', fields: [{ field: 'n' }] })
    })
  })
}
