import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import * as tf from '@tensorflow/tfjs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readLayersModel } from '../layers-model/read-layers-model.ts'
import { locate } from '../node/disk-location.ts'
import { saved } from '../testing/models.ts'
import { convertModel } from '../to-onnx/convert-model.ts'
import type { Artifacts, ModelSource } from './artifacts.ts'

const PORT = 9107
let artifacts: Artifacts
let bytes: Uint8Array
let folder: string
let server: Server
const served = new Map<string, Uint8Array>()

type Entry = { name: string; shape: number[]; dtype: string; quantization?: object }
const specs = () => artifacts.weightSpecs as Entry[]
const data = () => new Uint8Array(artifacts.weightData as ArrayBuffer)
const text = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))

beforeAll(async () => {
  await tf.setBackend('cpu')
  const layers = [
    tf.layers.dense({ units: 5, activation: 'hardSigmoid', inputShape: [3], name: 'first' }),
    tf.layers.dense({ units: 2, name: 'second', biasInitializer: 'ones' }),
  ]
  artifacts = await saved(tf.sequential({ layers }))
  bytes = (await convertModel(artifacts)).bytes
  folder = await mkdtemp(join(tmpdir(), 'model-'))
  server = createServer((request, response) => {
    const file = served.get(request.url ?? '')
    response.writeHead(file ? 200 : 404).end(file)
  })
  await new Promise<void>(resolve => server.listen(PORT, '127.0.0.1', resolve))
})

afterAll(async () => {
  server.close()
  await rm(folder, { recursive: true })
})

/** The model's files with its weights cut at these bytes. */
function files(
  cuts: readonly number[] = [],
  topology: unknown = artifacts.modelTopology,
): Record<string, Uint8Array> {
  const edges = [0, ...cuts, data().length]
  const paths = edges.slice(1).map((_, i) => `group1-shard${i + 1}of${edges.length - 1}.bin`)
  const shards = paths.map((path, i) => [path, data().slice(edges[i], edges[i + 1])])
  const json = {
    format: 'layers-model',
    modelTopology: topology,
    weightsManifest: [{ paths, weights: specs() }],
  }
  return { 'model.json': text(json), ...Object.fromEntries(shards) }
}

async function expectSame(source: ModelSource): Promise<void> {
  const converted = await convertModel(source)
  expect(Buffer.from(converted.bytes).equals(bytes)).toBe(true)
}

async function write(files: Record<string, Uint8Array>): Promise<void> {
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content)
}

test('readModelFiles joins shards that are divided at any byte', async () => {
  for (const cuts of [[], [1], [7, 8, 9], [13, 13, 50]]) await expectSame({ files: files(cuts) })
})

test('readModelFiles takes a path of model.json, its folder and a file URL', async () => {
  await write(files([10]))
  await expectSame(locate(folder))
  await expectSame(locate(join(folder, 'model.json')))
  await expectSame(locate(pathToFileURL(join(folder, 'model.json'))))
})

test('readModelFiles reads each file gzipped or not', async () => {
  const { 'model.json': json, ...shards } = files([10])
  const zipped = Object.fromEntries(Object.entries(shards).map(([name, shard]) => [name, gzipSync(shard)]))
  await expectSame({ files: { 'model.json': gzipSync(json), ...shards } })
  await expectSame({ files: { 'model.json': json, ...zipped } })
})

test('readModelFiles takes a URL and keeps its query for the shards', async () => {
  for (const [name, file] of Object.entries(files([10]))) served.set(`/m/${name}?key=1`, file)
  await expectSame(locate(`http://127.0.0.1:${PORT}/m/model.json?key=1`))
  await expect(readLayersModel(locate(`http://127.0.0.1:${PORT}/m/model.json`))).rejects.toThrow(
    /model.json: expected status 200, got 404/,
  )
})

test('readModelFiles reads a topology inside model_config, as JSON text, and with keys in camel or snake case', async () => {
  const plain = artifacts.modelTopology as Record<string, unknown>
  const wrapped = { keras_version: '2.4.0', model_config: plain }
  const camel = JSON.parse(
    JSON.stringify(plain).replace(/"[a-z_]+":/g, key => key.replace(/_(.)/g, (_, c) => c.toUpperCase())),
  )
  expect(JSON.stringify(camel)).toContain('batchInputShape')
  for (const topology of [wrapped, JSON.stringify(plain), { model_config: JSON.stringify(plain) }, camel]) {
    await expectSame({ files: files([], topology) })
  }
})

test('readModelFiles reads a Sequential model whose config is a list of layers, as old Keras writes it', async () => {
  const { class_name, config } = artifacts.modelTopology as {
    class_name: string
    config: { layers: unknown[] }
  }
  const { network } = await readLayersModel({
    ...artifacts,
    modelTopology: { class_name, config: config.layers },
  })
  expect([...network.members.keys()]).toEqual(['first_input', 'first', 'second'])
})

test('readModelFiles reads several groups of weights', async () => {
  const [first, ...rest] = specs()
  const size = 4 * first.shape.reduce((a, b) => a * b, 1)
  const weightsManifest = [
    { paths: ['a.bin'], weights: [first] },
    { paths: ['b.bin', 'c.bin'], weights: rest },
  ]
  const parts = {
    'a.bin': data().slice(0, size),
    'b.bin': data().slice(size, size + 3),
    'c.bin': data().slice(size + 3),
  }
  await expectSame({
    files: { 'model.json': text({ modelTopology: artifacts.modelTopology, weightsManifest }), ...parts },
  })
})

test.each(['uint8', 'uint16', 'float16'] as const)(
  'weights stored as %s read as TF.js reads them',
  async dtype => {
    const source = new Float32Array(data().buffer)
    const [min, scale] = [-1.5, dtype === 'uint8' ? 3 / 255 : 3 / 65535]
    const encode = (v: number) =>
      dtype === 'float16' ? new Uint16Array(Float16Array.of(v).buffer)[0] : Math.round((v - min) / scale)
    const encoded = Array.from(source, encode)
    const codes = dtype === 'uint8' ? Uint8Array.from(encoded) : Uint16Array.from(encoded)
    const quantization = dtype === 'float16' ? { dtype } : { dtype, min, scale }
    const weightSpecs = specs().map(entry => ({ ...entry, quantization }))
    const stored = { ...artifacts, weightSpecs, weightData: codes.buffer }
    const model = await tf.loadLayersModel(tf.io.fromMemory(stored as tf.io.ModelArtifacts))
    const { weights } = await readLayersModel(stored)
    for (const { originalName, read } of model.weights.map(w => ({
      originalName: w.originalName,
      read: w.read(),
    }))) {
      expect([...weights.get(originalName)!.values]).toEqual([...read.dataSync()])
    }
    expect(weights.size).toBe(4)
  },
)

test('a short shard is refused by file and byte counts', async () => {
  const short = { ...files([40]), 'group1-shard2of2.bin': data().slice(40, 100) }
  await expect(readLayersModel({ files: short })).rejects.toThrow(
    'weights: expected 128 bytes by the manifest, got 100 (group1-shard1of2.bin has 40, group1-shard2of2.bin has 60)',
  )
})

test('a file that is not a layers-model is refused, and the error says what it is', async () => {
  const graph = {
    modelTopology: { node: [{ name: 'x', op: 'Placeholder' }], library: {} },
    weightsManifest: [],
  }
  const refusals: [Record<string, Uint8Array>, RegExp][] = [
    [{}, /model.json: not among the files given/],
    [{ 'model.json': text(graph) }, /got a graph-model .*tfjs_layers_model/],
    [{ 'model.json': text({}) }, /expected a model with "modelTopology"/],
    [{ 'model.json': text([1]) }, /expected object, received array/],
    [{ 'model.json': new Uint8Array([0xff, 0xfe, 0, 1]) }, /that is not JSON/],
    [{ 'model.json': gzipSync('{}').slice(0, 12) }, /gzipped, but cannot be unpacked/],
    [
      { 'model.json': files()['model.json'] },
      /group1-shard1of1.bin: not among the files given \(model.json\)/,
    ],
  ]
  for (const [given, expected] of refusals)
    await expect(readLayersModel({ files: given })).rejects.toThrow(expected)
  await expect(readLayersModel(locate(join(folder, 'none.json')))).rejects.toThrow(
    /none.json: cannot be read \(ENOENT\)/,
  )
})
