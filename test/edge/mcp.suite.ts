import { Client } from '@modelcontextprotocol/sdk/client/index.js'
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js'
import { decode } from 'fast-png'
import { describe, expect, test } from 'vitest'
import { type Api, TRAINED } from './servers.ts'

type Content = { type: string; text?: string; data?: string; mimeType?: string }

/** The Model Context Protocol at /mcp, tested with the client of its official SDK. */
export function mcpSuite(api: () => Api): void {
  /** Connects a client; its requests go through the server under test, which may have no port. */
  async function connect(): Promise<Client> {
    const client = new Client({ name: 'test', version: '1' })
    const send = (url: string | URL, init?: RequestInit) => {
      const { pathname, search } = new URL(url)
      return api().fetch(pathname + search, init)
    }
    await client.connect(
      new StreamableHTTPClientTransport(new URL('http://localhost/mcp'), { fetch: send }) as never,
    )
    return client
  }

  const call = async (client: Client, name: string, given: Record<string, unknown>) => {
    const result = await client.callTool({ name, arguments: given })
    return { content: result.content as Content[], isError: result.isError }
  }

  const post = (body: unknown) =>
    api().fetch('/mcp', {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json, text/event-stream' },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })

  describe('MCP', () => {
    test('a client of the SDK connects, lists the tools and reads their schemas', async () => {
      const client = await connect()
      expect(client.getServerVersion()?.name).toBe('latent-edge')
      const { tools } = await client.listTools()
      expect(tools.map(({ name }) => name)).toEqual(['sample', 'write', 'interpolate', 'reconstruct'])
      const [sample, write, , reconstruct] = tools
      expect(sample.inputSchema.properties).toHaveProperty('seed')
      expect(sample.inputSchema.properties).not.toHaveProperty('format')
      expect(write.inputSchema.required).toEqual(['text'])
      expect(reconstruct.inputSchema.required).toEqual(['image'])
      await client.ping()
      await client.close()
    })

    test('MCP tools return the same images as the operations', async () => {
      const client = await connect()
      for (const [name, given] of [
        ['sample', { n: 4, seed: 7 }],
        ['write', { text: '2026', seed: 3 }],
        ['interpolate', { from: 'class:1', to: 'class:7', steps: 3, scale: 2 }],
      ] as const) {
        const { content, isError } = await call(client, name, { model: TRAINED, ...given })
        expect(isError).toBe(false)
        const [picture, text] = content
        expect(picture.mimeType).toBe('image/png')
        const query = new URLSearchParams({ scale: '4', ...given } as unknown as Record<string, string>)
        const reply = await api().fetch(`/v1/models/${TRAINED}/${name}?${query}&format=png`)
        expect(Buffer.from(picture.data as string, 'base64')).toEqual(Buffer.from(await reply.arrayBuffer()))
        expect(text.text).toContain(`model ${TRAINED}@`)
        expect(text.text).toContain(`/v1/models/${TRAINED}@`)
      }
      await client.close()
    })

    test('the MCP tool reconstruct takes a PNG in base64', async () => {
      const client = await connect()
      const png = await api().fetch(`/v1/models/${TRAINED}/sample?seed=1`)
      const image = Buffer.from(await png.arrayBuffer()).toString('base64')
      const { content } = await call(client, 'reconstruct', { model: TRAINED, image, scale: 1 })
      const { width, height } = decode(Buffer.from(content[0].data as string, 'base64'))
      expect([width, height]).toEqual([28, 28])
      await client.close()
    })

    test.each([
      ['sample', { n: 0 }, /n: expected an integer from 1/],
      ['sample', { colour: 'red' }, /colour/],
      ['sample', { model: 'no-such-model' }, /model: expected/],
      ['write', {}, /text: expected/],
      ['reconstruct', { image: 'not base64!' }, /image: expected a picture in base64/],
      ['sample', { n: [1] }, /n: expected a text, a number or a boolean, got a list of 1/],
    ])('a wrong call of %s with %j is a result that says what was expected', async (name, given, message) => {
      const client = await connect()
      const { content, isError } = await call(client, name, given)
      expect(isError).toBe(true)
      expect(content[0].text).toMatch(message)
      await client.close()
    })

    test('an unknown tool is an error of the protocol', async () => {
      const client = await connect()
      await expect(client.callTool({ name: 'paint', arguments: {} })).rejects.toThrow(/expected a tool/)
      await client.close()
    })

    test.each([
      ['{', 400, -32700],
      [[], 400, -32600],
      [{ jsonrpc: '1.0', id: 1, method: 'ping' }, 400, -32600],
      [{ jsonrpc: '2.0', id: 1, method: 'resources/list' }, 200, -32601],
    ])('the message %j gets status %i and the code %i', async (body, status, code) => {
      const reply = await post(body)
      expect(reply.status).toBe(status)
      expect(((await reply.json()) as { error: { code: number } }).error.code).toBe(code)
    })

    test('a notification gets 202 without a body, and GET 405', async () => {
      const reply = await post({ jsonrpc: '2.0', method: 'notifications/initialized' })
      expect([reply.status, await reply.text()]).toEqual([202, ''])
      const get = await api().fetch('/mcp', { headers: { accept: 'text/event-stream' } })
      expect(get.status).toBe(405)
    })

    test('an initialize with an unknown revision is answered with a known one', async () => {
      const params = {
        protocolVersion: '1999-01-01',
        capabilities: {},
        clientInfo: { name: 'a', version: '1' },
      }
      const reply = await post({ jsonrpc: '2.0', id: 'x', method: 'initialize', params })
      const { id, result } = (await reply.json()) as { id: string; result: { protocolVersion: string } }
      expect([id, result.protocolVersion]).toEqual(['x', '2025-11-25'])
    })

    test('a request with a revision that is not known gets 400', async () => {
      const message = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' })
      const ping = (revision: string) =>
        api().fetch('/mcp', { method: 'POST', headers: { 'mcp-protocol-version': revision }, body: message })
      expect((await ping('2025-06-18')).status).toBe(200)
      const reply = await ping('1999-01-01')
      expect(reply.status).toBe(400)
      expect(((await reply.json()) as { error: { message: string } }).error.message).toContain(
        'got "1999-01-01"',
      )
    })
  })
}
