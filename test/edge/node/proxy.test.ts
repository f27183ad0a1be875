import { describe, expect, test } from 'vitest'
import { type NodeServer, startServer } from '../../../edge/node/server.ts'
import { makeModels, OPTIONS } from './node-fixture.ts'

const models = makeModels()

describe('behind a proxy', () => {
  const oembedOf = async (server: NodeServer, headers: Record<string, string>, link: string) => {
    const url = `${link}/embed?model=a-vae-z2&from=seed:1&to=seed:2`
    const response = await fetch(`${server.url}/oembed?${new URLSearchParams({ url })}`, { headers })
    return response.ok
      ? ((await response.json()) as { thumbnail_url: string }).thumbnail_url
      : response.status
  }
  const proxied = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'example.org' }

  test('links have the scheme and host that a trusted proxy forwards', async () => {
    const server = await startServer({ ...OPTIONS, models: models(), trustProxy: true })
    try {
      expect(await oembedOf(server, proxied, 'https://example.org')).toMatch(/^https:\/\/example\.org\/v1\//)
      const forwarded = { forwarded: 'for=192.0.2.1;proto=https;host=example.org' }
      expect(await oembedOf(server, forwarded, 'https://example.org')).toMatch(
        /^https:\/\/example\.org\/v1\//,
      )
      const embed = await fetch(`${server.url}/embed?model=a-vae-z2&from=seed:1&to=seed:2`, {
        headers: proxied,
      })
      expect(await embed.text()).toContain('property="og:image" content="https://example.org/v1/')
      expect(embed.headers.get('strict-transport-security')).toBe('max-age=31536000')
      expect(await (await fetch(`${server.url}/docs`, { headers: proxied })).text()).toContain(
        'https://example.org/v1/',
      )
    } finally {
      await server.stop()
    }
  })
  test('without trust the headers change nothing, and HSTS is not sent over http', async () => {
    const server = await startServer({ ...OPTIONS, models: models() })
    try {
      expect(await oembedOf(server, proxied, 'https://example.org')).toBe(404)
      const docs = await fetch(`${server.url}/docs`, { headers: proxied })
      expect(docs.headers.get('strict-transport-security')).toBeNull()
      expect(await docs.text()).not.toContain('example.org')
    } finally {
      await server.stop()
    }
  })
  test('PUBLIC_URL names the origin; redirects are relative', async () => {
    const server = await startServer({ ...OPTIONS, models: models(), publicUrl: 'https://example.org' })
    try {
      expect(await oembedOf(server, {}, 'https://example.org')).toMatch(/^https:\/\/example\.org\/v1\//)
      const redirect = await fetch(`${server.url}/embed`, { redirect: 'manual' })
      expect([redirect.status, redirect.headers.get('location')]).toEqual([302, '/embed/'])
    } finally {
      await server.stop()
    }
  })
})
