import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createRng } from '../../../models/random.ts'
import { pickKinds } from '../client/request-kind.ts'
import { modelMix } from './model-mix.ts'
import { readScenario } from './scenario-file.ts'
import { fillRequest } from './template.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'scenario-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function scenario(content: unknown): Promise<ReturnType<typeof readScenario>> {
  const file = path.join(folder, 'shop.json')
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content))
  return readScenario(file)
}

test('a scenario file gives requests for any server: methods, headers, bodies, placeholders and checks', async () => {
  await writeFile(path.join(folder, 'body.bin'), Buffer.from([0, 255]))
  const mix = await scenario({
    values: { id: { integer: [5, 7] }, size: { choice: ['a b'] }, x: { number: [-1, 1], decimals: 1 } },
    requests: [
      { name: 'page', path: '/items/{id}?size={size}', headers: { accept: 'text/{size}' }, weight: 3 },
      {
        name: 'order',
        method: 'POST',
        path: '/orders',
        body: '{"id":{id},"x":{x},"note":"{free}"}',
        expect: { status: 201, type: 'application/json', has: '"ok"' },
      },
      { name: 'upload', method: 'PUT', path: '/files', bodyFile: 'body.bin' },
    ],
  })
  expect(mix.name).toBe('shop')
  expect(mix.kinds.map(({ name, weight, expect }) => [name, weight, expect.status])).toEqual([
    ['page', 3, 200],
    ['order', 1, 201],
    ['upload', 1, 200],
  ])
  const uniform = createRng(1)
  const ids = new Set<string>()
  for (let i = 0; i < 100; i++) {
    const { path, headers } = fillRequest(mix.kinds[0], mix.values, uniform)
    ids.add(/^\/items\/(\d+)\?size=a%20b$/.exec(path)![1])
    expect(headers).toEqual({ accept: 'text/a%20b' })
    const order = fillRequest(mix.kinds[1], mix.values, uniform).body!.toString()
    expect(order).toMatch(/^\{"id":[567],"x":-?[01]\.\d,"note":"\{free\}"\}$/)
  }
  expect([...ids].sort()).toEqual(['5', '6', '7'])
  expect(fillRequest(mix.kinds[2], mix.values, uniform).body).toEqual(Buffer.from([0, 255]))
  expect(pickKinds(mix, ['upload']).kinds).toHaveLength(1)
  expect(() => pickKinds(mix, ['none'])).toThrow('expected some of page, order, upload; got none')
})

test.each([
  ['{', 'expected JSON'],
  [{ requests: [] }, 'requests: Too small'],
  [{ requests: [{ name: 'a', path: 'items' }] }, 'requests.0.path: '],
  [{ requests: [{ name: 'a', path: '/', wieght: 2 }] }, 'requests.0: Unrecognized key: "wieght"'],
  [{ requests: [{ name: 'a', path: '/{id}' }] }, 'a has {id}, which values does not define'],
  [
    { values: { id: { integer: [2, 1] } }, requests: [{ name: 'a', path: '/' }] },
    'values.id.integer: expected the lower bound first',
  ],
  [
    {
      requests: [
        { name: 'a', path: '/' },
        { name: 'a', path: '/b' },
      ],
    },
    'got a twice',
  ],
  [{ requests: [{ name: 'a', path: '/', bodyFile: 'none' }] }, 'bodyFile of a cannot be read (ENOENT)'],
])('the scenario file %j is refused: %s', async (content, message) => {
  await expect(scenario(content)).rejects.toThrow(message)
})

const reply = (...types: string[]) => ({
  responses: { 200: { content: Object.fromEntries(types.map(type => [type, {}])) } },
})
const card = (height: number, width: number, latentDim: number, classes: string[], conditional = false) => ({
  id: 'm',
  architecture: { latentDim, ...(conditional && { classes: classes.length }) },
  prior: { mean: Array<number>(latentDim).fill(3), variance: Array<number>(latentDim).fill(0.01) },
  dataset: { height, width, classes },
  files: { decoder: { bytes: 123 } },
})

test('the mix for a model fits its latent size, image size and classes, and the operations of its server', () => {
  const at = (operation: string) => `/v1/models/{model}/${operation}`
  const api: Parameters<typeof modelMix>[0] = {
    openapi: '3.1.0',
    paths: {
      '/v1/models/{model}': { get: reply('application/json') },
      [at('sample')]: { get: reply('image/png', 'application/octet-stream') },
      [at('decode')]: { get: { parameters: [{ name: 'class' }], ...reply('image/png') } },
      [at('decoder.onnx')]: { get: reply('application/octet-stream') },
      [at('reconstruct')]: { post: reply('image/png') },
    },
  }
  const mix = modelMix(api, card(20, 10, 3, []))
  const names = mix.kinds.map(kind => kind.name)
  // The server offers no interpolation and no grid.
  expect(names).toEqual([
    'sample-1-png',
    'sample-1-f32',
    'sample-16-png',
    'sample-16-f32',
    'sample-linked',
    'decode',
    'card',
    'decoder',
    'reconstruct',
  ])
  const kind = (name: string) => mix.kinds.find(each => each.name === name)!
  expect(kind('sample-16-f32').expect.body.bytes).toBe(16 * 20 * 10 * 4)
  expect(kind('decoder').expect.body.bytes).toBe(123)
  expect(kind('sample-16-png').path).not.toContain('class')
  const { path } = fillRequest(kind('decode'), mix.values, createRng(1))
  const z = /decode\?z=([^&]+)&format=png$/.exec(path)![1].split(',').map(Number)
  expect(z).toHaveLength(3)
  // Two deviations of 0.1 around the prior's mean of 3.
  for (const value of z) expect(Math.abs(value - 3)).toBeLessThanOrEqual(0.2)
  const conditional = modelMix(api, card(28, 28, 2, ['a', 'b c'], true))
  const decode = conditional.kinds.find(each => each.name === 'decode')!
  expect(fillRequest(decode, conditional.values, createRng(1)).path).toMatch(/&class=(a|b%20c)&/)
  const moments = {
    mean: [0, 0],
    covariance: [
      [1, 0],
      [0, 1],
    ],
  }
  const latent = { whole: { ...moments, images: 9 }, classes: [{ images: 0 }, { images: 9 }] }
  expect(modelMix(api, { ...card(28, 28, 2, ['a', 'b']), latent }).values.class).toEqual({ choice: ['b'] })
})
