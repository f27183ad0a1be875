import { describe, expect, test } from 'vitest'
import { rateLimiter } from '../../../edge/node/rate-limiter.ts'
import { startServer } from '../../../edge/node/server.ts'
import { problemOf } from '../read-answers.ts'
import { makeModels, OPTIONS } from './node-fixture.ts'

const models = makeModels()

describe('rate', () => {
  test('a request for many images counts as several', async () => {
    const server = await startServer({ ...OPTIONS, models: models(), rate: 10 })
    try {
      const ask = (query: string) => fetch(`${server.url}/v1/models/a-vae-z2/sample?${query}`)
      expect((await ask('n=64&seed=1')).headers.get('ratelimit')).toMatch(/^"client";r=6;t=\d+$/)
      expect((await problemOf(await ask('n=200&seed=1'))).code).toBe('rate-limited')
    } finally {
      await server.stop()
    }
  })
  test('each client is counted in windows of its own', () => {
    let now = 0
    const limit = rateLimiter(2, 60, () => now)
    expect([1, 2, 3].map(() => limit('a').allowed)).toEqual([true, true, false])
    expect(limit('b')).toEqual({ allowed: true, limit: 2, window: 60, remaining: 1, reset: 60 })
    now = 59_500
    expect(limit('a')).toMatchObject({ allowed: false, remaining: 0, reset: 1 })
    now = 60_000
    expect(limit('a').allowed).toBe(true)
  })
  test('the rate is stated in every answer and exceeded with 429; answers from memory are not counted', async () => {
    const server = await startServer({ ...OPTIONS, models: models(), rate: 2 })
    try {
      const ask = (query: string) => fetch(`${server.url}/v1/models/a-vae-z2/sample?${query}`)
      const first = await ask('seed=1')
      expect(first.headers.get('ratelimit-policy')).toBe('"client";q=2;w=60')
      expect(first.headers.get('ratelimit')).toMatch(/^"client";r=1;t=\d+$/)
      await ask('seed=2')
      const refused = await ask('seed=3')
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
      expect(refused.headers.get('ratelimit')).toMatch(/^"client";r=0;t=\d+$/)
      expect(await problemOf(refused)).toMatchObject({ status: 429, code: 'rate-limited' })
      expect((await ask('seed=1')).status).toBe(200)
      expect((await fetch(`${server.url}/healthz`)).status).toBe(200)
    } finally {
      await server.stop()
    }
  })
  test('behind a proxy the client is the last address it forwarded, without its port, and its /64', async () => {
    const server = await startServer({ ...OPTIONS, models: models(), rate: 1, trustProxy: true })
    try {
      const ask = (from: string, seed: number) =>
        fetch(`${server.url}/v1/models/a-vae-z2/sample?seed=${seed}`, {
          headers: { 'x-forwarded-for': from },
        })
      expect((await ask('spoofed, 10.0.0.1', 1)).status).toBe(200)
      expect((await ask('other, 10.0.0.1', 2)).status).toBe(429)
      expect((await ask('10.0.0.1:4711', 4)).status).toBe(429)
      expect((await ask('10.0.0.2', 3)).status).toBe(200)
      expect((await ask('[2001:db8:1:2::1]:80', 5)).status).toBe(200)
      expect((await ask('2001:db8:1:2:ffff::7', 6)).status).toBe(429)
      expect((await ask('2001:db8:1:3::1', 7)).status).toBe(200)
    } finally {
      await server.stop()
    }
  })
})
