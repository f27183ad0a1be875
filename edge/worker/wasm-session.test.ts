import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import * as ort from 'onnxruntime-web/wasm'
import { beforeAll, describe, expect, test } from 'vitest'
import { encodeModel, floatTensor } from '../../models/onnx/encode-model.ts'
import { FOLDERS } from '../node/build.ts'
import { snapshotOrt } from './ort-module.ts'
import { type WasmRuntime, wasmRuntime } from './wasm-runtime.ts'

const wasmFile = createRequire(import.meta.url).resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm')
let runtime: WasmRuntime
let starts = 0

beforeAll(async () => {
  const file = new Uint8Array(readFileSync(wasmFile))
  const snapshot = (await snapshotOrt(file)).buffer
  runtime = wasmRuntime(await WebAssembly.compile(file), snapshot, () => starts++)
  ort.env.wasm.numThreads = 1
})

const read = (id: string, part: string) =>
  new Uint8Array(readFileSync(path.join(FOLDERS.zoo, id, `${part}.onnx`)))

/** What onnxruntime-web’s own session gives for the same rows. */
async function runByLibrary(bytes: Uint8Array, rows: Float32Array, batch: number) {
  const session = await ort.InferenceSession.create(bytes, { executionProviders: ['cpu'] })
  const feeds: Record<string, ort.Tensor> = {}
  let from = 0
  for (const input of session.inputMetadata) {
    const features = input.isTensor ? (input.shape[1] as number) : 0
    const width = rows.length / batch
    const part = Float32Array.from({ length: batch * features }, (_, i) => {
      return rows[Math.floor(i / features) * width + from + (i % features)]
    })
    feeds[input.name] = new ort.Tensor('float32', part, [batch, features])
    from += features
  }
  const results = await session.run(feeds)
  return Object.fromEntries(session.outputNames.map(name => [name, results[name].data]))
}

describe.each([
  ['mnist-vae-l2-z2', 'decoder', 2],
  ['mnist-vae-l2-z2', 'encoder', 784],
  ['mnist-ae-l1-z64', 'decoder', 64],
  ['mnist-cvae-w512x320-z20-beta0.3', 'decoder', 30],
  ['mnist-cvae-w512x320-z20-beta0.3', 'encoder', 794],
])('%s, %s', (id, part, width) => {
  test('a session of a restored runtime gives the bits of onnxruntime-web’s own, whatever batch came before', async () => {
    const bytes = read(id, part)
    const session = await runtime.load(bytes)
    for (const batch of [1, 1, 3, 16, 1]) {
      const rows = Float32Array.from({ length: batch * width }, (_, i) => Math.sin(i * 12.9898 + batch))
      expect(await session.run(rows, batch)).toEqual(await runByLibrary(bytes, rows, batch))
    }
    await session.release()
  })
})

test('an answer does not change when the session runs again', async () => {
  const session = await runtime.load(read('mnist-vae-l2-z2', 'decoder'))
  const { xhat } = await session.run(Float32Array.of(0, 0), 1)
  const copy = xhat.slice()
  await session.run(Float32Array.of(2, -2), 1)
  expect(xhat).toEqual(copy)
  expect(xhat.buffer).toBeInstanceOf(ArrayBuffer)
})

test('concurrent runs of one session each give their own answer', async () => {
  const session = await runtime.load(read('mnist-vae-l2-z2', 'decoder'))
  const rows = [Float32Array.of(0, 0), Float32Array.of(2, -2), Float32Array.of(1, 1, -1, 0.5)]
  const alone: Record<string, Float32Array>[] = []
  for (const z of rows) alone.push(await session.run(z, z.length / 2))
  expect(await Promise.all(rows.map(z => session.run(z, z.length / 2)))).toEqual(alone)
})

test('rows of another width and files that are no graph are refused with a reason', async () => {
  const session = await runtime.load(read('mnist-vae-l2-z2', 'decoder'))
  await expect(session.run(Float32Array.of(1, 2, 3), 1)).rejects.toThrow('expected 2 numbers, got 3')
  await expect(runtime.load(Uint8Array.of(1, 2, 3))).rejects.toThrow('the graph cannot be loaded: ')
})

test('a graph with inputs of another rank is refused, and the memory of its weights is free again', async () => {
  const weights = new Float32Array(2 ** 20).fill(1)
  const value = (name: string) => ({ name, type: 'float' as const, dims: ['batch', 2 ** 20, 1] })
  const graph = Uint8Array.from(
    encodeModel({
      name: 'rank 3',
      nodes: [{ op: 'Add', inputs: ['x', 'w'], outputs: ['y'] }],
      inputs: [value('x')],
      outputs: [value('y')],
      initializers: [floatTensor('w', [2 ** 20, 1], weights)],
    }),
  )
  const memory = async () => (await runtime.start()).HEAPU8.length
  const before = await memory()
  for (let i = 0; i < 20; i++) {
    await expect(runtime.load(graph)).rejects.toThrow('x: expected [batch, features] of float32')
  }
  // Room for the file and its weights is taken once, not twenty times 4 MiB.
  expect((await memory()) - before).toBeLessThan(40 * 2 ** 20)
})

test('the runtime starts once for all sessions, and again after a failed start', async () => {
  expect(starts).toBe(1)
  let instances = 0
  const { Instance } = WebAssembly
  const refusing = class extends Instance {
    constructor(module: WebAssembly.Module, imports?: WebAssembly.Imports) {
      if (++instances === 1) throw new Error('no memory')
      super(module, imports)
    }
  }
  WebAssembly.Instance = refusing
  const second = wasmRuntime(await WebAssembly.compile(readFileSync(wasmFile)), undefined, () => starts++)
  try {
    await expect(second.load(read('mnist-vae-l2-z2', 'decoder'))).rejects.toThrow('no memory')
    expect(starts).toBe(1)
    await second.load(read('mnist-vae-l2-z2', 'decoder'))
    expect(starts).toBe(2)
  } finally {
    WebAssembly.Instance = Instance
  }
})
