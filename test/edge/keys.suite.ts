import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addApiKey, readApiKeys } from '../../edge/node/api-key-file.ts'
import { type Api, startApi, type TestFolders, TRAINED } from './servers.ts'

/** API keys from a file: on Node as it is, in workerd by KV, with the counts in Durable Objects. */
export function keysSuite(folders: () => TestFolders): void {
  describe.each(['workerd', 'node'] as const)('API keys: %s', runtime => {
    let api: Api
    let keys: { quick: string; small: string }
    beforeAll(async () => {
      const folder = await mkdtemp(path.join(tmpdir(), 'latent-keys-'))
      const file = path.join(folder, 'keys.json')
      keys = {
        quick: await addApiKey(file, { name: 'quick', rate: 5 }),
        small: await addApiKey(file, { name: 'small', quota: 3 }),
      }
      api = await startApi(runtime, folders(), { rate: 1, keys: await readApiKeys(file) })
      await rm(folder, { recursive: true })
    })
    afterAll(() => api?.stop())

    const get = (target: string, key?: string) =>
      api.fetch(target, { headers: key === undefined ? {} : { authorization: `Bearer ${key}` } })
    const sample = (seed: number, n = 1) => `/v1/models/${TRAINED}/sample?seed=${seed}&n=${n}&format=f32`

    test('a key has its own rate; requests without one share that of their address', async () => {
      expect((await get(sample(1))).status).toBe(200)
      expect((await get(sample(2))).status).toBe(429)
      // Images count as well: 64 of them are four units. The minute may change in between, once.
      const statuses: number[] = []
      for (let seed = 3; seed < 7; seed++) {
        const reply = await get(sample(seed, 64), keys.quick)
        expect(reply.headers.get('ratelimit-policy')).toBe('"minute";q=5;w=60')
        statuses.push(reply.status)
      }
      expect(statuses[0]).toBe(200)
      expect(statuses.filter(status => status === 429).length).toBeGreaterThanOrEqual(2)
    })

    test('a daily quota ends with 429 and Retry-After, and GET /v1/usage counts it', async () => {
      // Together, so that isolates or connections that counted each for themselves would let more through.
      const seeds = Array.from({ length: 12 }, (_, i) => 10 + i)
      const replies = await Promise.all(seeds.map(seed => get(sample(seed), keys.small)))
      expect(replies.filter(({ status }) => status === 200)).toHaveLength(3)
      const refused = replies.find(({ status }) => status === 429)
      expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0)
      const usage = await get('/v1/usage', keys.small)
      expect(usage.headers.get('cache-control')).toBe('no-store')
      const day = new Date().toISOString().slice(0, 10)
      expect(await usage.json()).toEqual({
        client: 'small',
        day,
        used: 3,
        quota: 3,
        remaining: 0,
        rate: null,
      })
    })

    test.each([
      ['a wrong key', 'le_wrong'],
      ['a key with a space', 'a b'],
    ])('%s gets 401 with WWW-Authenticate', async (_, key) => {
      const reply = await get(sample(20), key)
      expect(reply.status).toBe(401)
      expect(reply.headers.get('www-authenticate')).toBe('Bearer')
      expect(await reply.json()).toMatchObject({ code: 'unauthorized' })
    })

    test('GET /v1/usage without a key gets 401', async () => {
      expect((await get('/v1/usage')).status).toBe(401)
    })
  })
}
