import { describe, expect, test } from 'vitest'
import { type Api, CONDITIONAL, TRAINED } from './servers.ts'

interface Tensor {
  name: string
  datatype: string
  shape: number[]
  data?: number[]
  parameters?: { binary_data_size: number }
}

interface InferReply {
  model_name: string
  model_version: string
  id?: string
  outputs: Tensor[]
}

const DECODER = `/v2/models/${TRAINED}.decoder`

/** The Open Inference Protocol at /v2. */
export function inferenceSuite(api: () => Api): void {
  const get = async (path: string) => {
    const reply = await api().fetch(path)
    return [reply.status, await reply.json()] as const
  }
  const infer = (path: string, body: unknown) =>
    api().fetch(`${path}/infer`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  const z = (shape: number[], data: unknown) => ({ name: 'z', datatype: 'FP32', shape, data })

  /** What the API decodes at these latents. */
  async function decodeByApi(points: string): Promise<Float32Array> {
    const reply = await api().fetch(`/v1/models/${TRAINED}/decode?z=${points}&format=f32`)
    return new Float32Array(await reply.arrayBuffer())
  }

  describe('Open Inference Protocol', () => {
    test('the protocol describes the server and reports it live and ready', async () => {
      for (const path of ['/v2', '/v2/']) {
        expect(await get(path)).toEqual([
          200,
          { name: 'latent-edge', version: '1', extensions: ['binary_tensor_data'] },
        ])
      }
      expect(await get('/v2/health/live')).toEqual([200, { live: true }])
      expect(await get('/v2/health/ready')).toEqual([200, { ready: true }])
    })

    test('the protocol describes encoder and decoder with their tensors, by version too', async () => {
      const [status, decoder] = await get(DECODER)
      expect(status).toBe(200)
      expect(decoder).toMatchObject({
        name: `${TRAINED}.decoder`,
        inputs: [{ name: 'z', datatype: 'FP32', shape: [-1, 2] }],
        outputs: [{ name: 'xhat', datatype: 'FP32', shape: [-1, 784] }],
      })
      const [version] = (decoder as { versions: string[] }).versions
      expect(await get(`${DECODER}/versions/${version}`)).toEqual([200, decoder])
      const [, encoder] = await get(`/v2/models/${TRAINED}.encoder`)
      expect((encoder as { outputs: Tensor[] }).outputs.map(({ name }) => name)).toEqual(['mu', 'logvar'])
      const [, conditional] = await get(`/v2/models/${CONDITIONAL}.decoder`)
      expect((conditional as { inputs: Tensor[] }).inputs.map(({ name }) => name)).toEqual(['z', 'y'])
      expect(await get(`${DECODER}/ready`)).toEqual([200, { name: `${TRAINED}.decoder`, ready: true }])
      expect((await get(`${DECODER}/versions/${version}/ready`))[0]).toBe(200)
    })

    test('infer with JSON tensors, flat or nested, gives what decode gives', async () => {
      const expected = await decodeByApi('0.5,-1;1,2')
      for (const data of [
        [0.5, -1, 1, 2],
        [
          [0.5, -1],
          [1, 2],
        ],
      ]) {
        const reply = await infer(DECODER, { id: 'a', inputs: [z([2, 2], data)] })
        const { id, model_name, outputs } = (await reply.json()) as InferReply
        expect([reply.status, id, model_name]).toEqual([200, 'a', `${TRAINED}.decoder`])
        expect(outputs[0]).toMatchObject({ name: 'xhat', datatype: 'FP32', shape: [2, 784] })
        expect(Float32Array.from(outputs[0].data as number[])).toEqual(expected)
      }
    })

    test('infer reads and writes binary tensors', async () => {
      const json = JSON.stringify({
        inputs: [{ name: 'z', datatype: 'FP32', shape: [1, 2], parameters: { binary_data_size: 8 } }],
        outputs: [{ name: 'xhat', parameters: { binary_data: true } }],
      })
      const body = Buffer.concat([Buffer.from(json), Buffer.from(Float32Array.of(0.5, -1).buffer)])
      const reply = await api().fetch(`${DECODER}/infer`, {
        method: 'POST',
        headers: { 'inference-header-content-length': String(json.length) },
        body,
      })
      expect(reply.status).toBe(200)
      const length = Number(reply.headers.get('inference-header-content-length'))
      const bytes = new Uint8Array(await reply.arrayBuffer())
      const { outputs } = JSON.parse(new TextDecoder().decode(bytes.subarray(0, length))) as InferReply
      expect(outputs[0].parameters).toEqual({ binary_data_size: 784 * 4 })
      expect(new Float32Array(bytes.slice(length).buffer)).toEqual(await decodeByApi('0.5,-1'))
    })

    test('infer with an encoder returns only the requested output', async () => {
      const x = { name: 'x', datatype: 'FP32', shape: [1, 784], data: Array(784).fill(0.25) }
      const reply = await infer(`/v2/models/${TRAINED}.encoder`, {
        inputs: [x],
        outputs: [{ name: 'logvar' }],
      })
      const { outputs } = (await reply.json()) as InferReply
      expect(outputs.map(({ name, shape }) => [name, shape])).toEqual([['logvar', [1, 2]]])
    })

    test('infer with a conditional decoder takes z and y in any order', async () => {
      const path = `/v2/models/${CONDITIONAL}.decoder`
      const y = { name: 'y', datatype: 'FP32', shape: [1, 10], data: [0, 0, 0, 1, 0, 0, 0, 0, 0, 0] }
      const inputs = [y, z([1, 5], [1, 2, 3, 4, 5])]
      const forward = (await (await infer(path, { inputs })).json()) as InferReply
      const reversed = (await (await infer(path, { inputs: inputs.toReversed() })).json()) as InferReply
      expect(forward.outputs[0].data).toHaveLength(784)
      expect(forward.outputs).toEqual(reversed.outputs)
    })

    test.each([
      ['no inputs', {}, /inputs: expected a list of tensors/],
      ['a missing input', { inputs: [] }, /inputs: expected an input named z/],
      ['an unknown input', { inputs: [{ ...z([1, 2], [0, 0]), name: 'w' }] }, /inputs: expected z, got "w"/],
      [
        'another datatype',
        { inputs: [{ ...z([1, 2], [0, 0]), datatype: 'FP64' }] },
        /datatype: expected FP32/,
      ],
      ['another shape', { inputs: [z([1, 3], [0, 0, 0])] }, /shape: expected \[n, 2\]/],
      ['too few numbers', { inputs: [z([2, 2], [0, 0])] }, /data: expected 4 numbers, got "?2/],
      ['text as a number', { inputs: [z([1, 2], [0, 'a'])] }, /data: expected finite numbers, got "a"/],
      [
        'an unknown output',
        { inputs: [z([1, 2], [0, 0])], outputs: [{ name: 'mu' }] },
        /outputs: expected xhat/,
      ],
      [
        'an output many times',
        { inputs: [z([1, 2], [0, 0])], outputs: Array(100_000).fill({ name: 'xhat' }) },
        /outputs: expected a list of at most 1/,
      ],
      ['too many rows', { inputs: [z([257, 2], Array(514).fill(0))] }, /at most 256 rows/],
    ])('infer answers 400 with an error for %s', async (_, body, message) => {
      const reply = await infer(DECODER, body)
      expect(reply.status).toBe(400)
      expect(((await reply.json()) as { error: string }).error).toMatch(message)
    })

    test('infer answers 404 for unknown models and versions, 400 for a wrong JSON length', async () => {
      for (const path of [
        'no-such.decoder',
        `${TRAINED}.pruner`,
        TRAINED,
        `${TRAINED}.decoder/versions/000000000000`,
      ]) {
        const [status, body] = await get(`/v2/models/${path}`)
        expect(status).toBe(404)
        expect(body).toHaveProperty('error')
      }
      const reply = await api().fetch(`${DECODER}/infer`, {
        method: 'POST',
        headers: { 'inference-header-content-length': '999' },
        body: '{}',
      })
      expect(reply.status).toBe(400)
    })
  })

  test('GET /llms.txt lists the operations and links to the OpenAPI description', async () => {
    const reply = await api().fetch('/llms.txt')
    expect(reply.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    const text = await reply.text()
    expect(text).toMatch(/^# latent-edge\n\n> /)
    for (const [, url] of text.matchAll(/\]\((https?:[^)]+)\)/g)) {
      const { pathname } = new URL(url)
      // /mcp takes only POST; /embed/ and /convert/ are pages, which these servers do not have.
      if (pathname === '/embed/' || pathname === '/convert/') continue
      expect((await api().fetch(pathname)).status).toBe(pathname === '/mcp' ? 405 : 200)
    }
    for (const name of ['sample', 'write', 'reconstruct'])
      expect(text).toContain(`/v1/models/default/${name}`)
  })
}
