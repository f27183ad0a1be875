import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encode } from 'fast-png'
import { afterAll, expect, test } from 'vitest'
import type { Numbers } from '../../export/convert/check/numbers.ts'
import { loadReference } from '../../export/convert/check/tfjs.ts'
import { convertFile } from '../../export/convert/convert-file.ts'
import { readModelFiles } from '../../export/convert/files/artifacts.ts'
import { locate } from '../../export/convert/node/disk-location.ts'
import { RUNTIMES } from '../../export/convert/node/runtimes.ts'
import { decode } from '../../export/convert/testing/decode-onnx.ts'
import { convertModel } from '../../export/convert/to-onnx/convert-model.ts'
import type { Converted } from '../../export/convert/to-onnx/convert-options.ts'
import { encodeNpy } from '../../models/files/npy.ts'

/** Small models, each with a difficulty that occurs in practice. */
const CASES = join(import.meta.dirname, 'cases')
const folder = mkdtempSync(join(tmpdir(), 'cases-'))
const output = join(folder, 'o.onnx')
afterAll(() => rmSync(folder, { recursive: true }))

async function predict(converted: Converted, ...inputs: Numbers[]): Promise<Numbers[]> {
  const loaded = await RUNTIMES['onnxruntime-node'](converted)
  const outputs = await loaded.run(inputs)
  await loaded.close()
  return outputs
}

const waves = (...dims: number[]): Numbers => {
  const length = dims.reduce((a, b) => a * b, 1)
  return { dims, data: Float32Array.from({ length }, (_, i) => Math.sin(1.7 * i)) }
}

const weights = (name: string, file = 'weights.bin') => {
  const bytes = readFileSync(join(CASES, name, file))
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length))
}

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(actual.length).toBe(expected.length)
  for (let i = 0; i < expected.length; i++) expect(actual[i]).toBeCloseTo(expected[i], 5)
}

test('a Dense layer named as the one inside TimeDistributed keeps its own weights', async () => {
  const source = join(CASES, 'timedistributed-same-name')
  const reference = await loadReference(await readModelFiles(locate(source)))
  const x = waves(2, 4, 3)
  const [expected] = await reference.predict([x])
  expectClose((await predict(await convertModel(locate(source)), x))[0].data, expected.data)
})

test('LeakyReLU reads the slope under the name of Keras 3', async () => {
  const x: Numbers = { dims: [1, 3], data: Float32Array.of(1, -2, 0.5) }
  const source = join(CASES, 'leakyrelu-negative-slope')
  const [w] = [weights('leakyrelu-negative-slope')]
  const dense = Array.from({ length: 4 }, (_, j) => {
    return [...x.data].reduce((sum: number, v, i) => sum + v * w[i * 4 + j], 0) + w[12 + j]
  })
  expect(dense.some(v => v < 0)).toBe(true)
  const [y] = await predict(await convertModel(locate(source)), x)
  expectClose(
    y.data,
    dense.map(v => (v < 0 ? 0.2 * v : v)),
  )
})

test('BatchNormalization over axis 1 is computed by its definition, and not checked against TF.js', async () => {
  const source = join(CASES, 'bn-axis1')
  const [k, w] = [weights('bn-axis1', 'w.bin').subarray(0, 6), weights('bn-axis1', 'w.bin').subarray(6)]
  const x = waves(2, 2, 3, 3)
  const expected = Array.from({ length: 36 }, (_, i) => {
    const [image, channel, pixel] = [Math.floor(i / 18), Math.floor(i / 9) % 2, i % 9]
    const at = (c: number) => x.data[image * 18 + c * 9 + pixel]
    const convolved = at(0) * k[channel] + at(1) * k[2 + channel] + k[4 + channel]
    const [gamma, beta, mean, variance] = [0, 2, 4, 6].map(offset => w[offset + channel])
    return ((convolved - mean) / Math.sqrt(variance + 1e-3)) * gamma + beta
  })
  expectClose((await predict(await convertModel(locate(source)), x))[0].data, expected)
  await expect(convertFile(source, output, { check: true })).rejects.toThrow(
    /cannot be checked against TF.js/,
  )
})

test.each([
  ['maxpool1d-channels-first', /^p \(MaxPooling1D\): dataFormat: expected channels_last/],
  ['globalavgpool1d-channels-first', /^p \(GlobalAveragePooling1D\): dataFormat: expected channels_last/],
  ['lstm-time-major', /^r \(LSTM\): timeMajor: expected false, got true: TF.js ignores it/],
  [
    'bidirectional-backward-layer',
    /^bi \(Bidirectional\): backward_layer differs from its layer in activation/,
  ],
])('%s, which TF.js would ignore, is refused', async (name, expected) => {
  await expect(convertModel(locate(join(CASES, name)))).rejects.toThrow(expected)
})

test.each([
  ['dense-rank3', 1],
  ['open-size', 1],
])('%s passes the check', async (name, count) => {
  const { differences } = await convertFile(join(CASES, name), output, { check: true })
  expect(differences.length).toBeGreaterThan(count)
  for (const { maxRel } of differences) expect(maxRel).toBeLessThan(1e-5)
})

test('sizes of open axes are taken by name, and refused where TF.js cannot predict with them', async () => {
  const source = join(CASES, 'open-size')
  const check = (size: number) =>
    convertFile(source, output, { check: true, sizes: { conv1d_Conv1D1_input_1: size } })
  expect((await check(40)).differences).toHaveLength(2)
  await expect(check(5)).rejects.toThrow(/^TF.js cannot predict|^the file does not run/)
  await expect(convertFile(source, output, { check: true, sizes: { length: 5 } })).rejects.toThrow(
    'sizes: the model has no open axis named length (it has batch, conv1d_Conv1D1_input_1)',
  )
})

test('a weight that no layer has ends the check in one line', async () => {
  const check = convertFile(join(CASES, 'unused-weight'), output, { check: true })
  await expect(check).rejects.toThrow(
    /^TF.js cannot load the model: Provided weight data has no target variable: Adam\/iter$/,
  )
})

test.each(['tiny-weights', 'fp16-underflow'])('%s stay float32 with precision fp16', async name => {
  const { bytes, differences } = await convertFile(join(CASES, name), output, {
    precision: 'fp16',
    check: true,
    tolerance: 1e-6,
  })
  const kernel = decode(bytes).graph!.initializer.find(({ name }) => name.endsWith('kernel'))
  expect(kernel?.dataType).toBe(1)
  expect(differences.length).toBeGreaterThan(1)
})

test('a difference of the size of tiny outputs fails the check', async () => {
  const check = convertFile(join(CASES, 'tiny-weights'), output, {
    precision: 'int8',
    check: true,
    tolerance: 1e-9,
  })
  await expect(check).rejects.toThrow(/^expected outputs within 1e-9 of TF.js/)
})

test('shards on another host do not get the query of model.json, and keep their own', async () => {
  const seen: string[] = []
  const listen = async (answer: (path: string) => Uint8Array | string) => {
    const server = createServer((request, reply) => {
      seen.push(`${request.headers.host}${request.url}`)
      reply.end(answer(request.url!))
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    return { close: () => server.close(), host: `127.0.0.1:${port}` }
  }
  const bytes = readFileSync(join(CASES, 'shard-elsewhere/w.bin'))
  const json = readFileSync(join(CASES, 'shard-elsewhere/model.json'), 'utf8')
  const other = await listen(() => bytes)
  const path = { shard: `http://${other.host}/w.bin?own=1` }
  const home = await listen(url =>
    url.startsWith('/m/w.bin') ? bytes : json.replace('http://localhost:9472/w.bin', path.shard),
  )
  await convertModel(locate(`http://${home.host}/m/model.json?token=secret`))
  expect(seen).toEqual([`${home.host}/m/model.json?token=secret`, `${other.host}/w.bin?own=1`])
  seen.length = 0
  path.shard = 'w.bin?part=1'
  // The URL of a folder stands for the model.json in it.
  await convertModel(locate(`http://${home.host}/m/?token=secret`))
  expect(seen).toEqual([`${home.host}/m/model.json?token=secret`, `${home.host}/m/w.bin?part=1&token=secret`])
  home.close()
  other.close()
})

test('an empty name, or files of another format, are refused with the reason', async () => {
  const source = join(CASES, 'dense-rank3')
  await expect(convertModel(locate(source), { inputs: [''] })).rejects.toThrow(
    'inputs: expected names of at least one',
  )
  const h5 = Uint8Array.from('\x89HDF\r\n\x1a\n', c => c.charCodeAt(0))
  await expect(convertModel({ files: { 'model.json': h5 } })).rejects.toThrow(
    /HDF5 file \(.h5\); convert it first with/,
  )
})

test('the states of a stateful layer are inputs and outputs, or zeros at each run', async () => {
  const source = join(CASES, 'stateful')
  await expect(convertModel(locate(source))).rejects.toThrow(/is stateful: choose --state io/)
  const reference = await loadReference(await readModelFiles(locate(source)))
  const steps = [0, 1, 2].map(
    (i): Numbers => ({ dims: [1, 3, 2], data: waves(3, 1, 3, 2).data.slice(6 * i, 6 * i + 6) }),
  )
  const expected: Numbers[] = []
  for (const x of steps) expected.push((await reference.predict([x]))[0])

  const carried = await convertModel(locate(source), { state: 'io' })
  expect(carried.inputs.map(({ name }) => name)).toEqual(['gru_GRU1_input', 'gru_GRU1/h'])
  expect(carried.outputs.map(({ name }) => name)).toEqual(['gru_GRU1', 'gru_GRU1/h_next'])
  let state: Numbers = { dims: [1, 2], data: new Float32Array(2) }
  for (const [i, x] of steps.entries()) {
    const [y, next] = await predict(carried, x, state)
    expectClose(y.data, expected[i].data)
    state = next
  }
  const reset = await convertModel(locate(source), { state: 'reset' })
  expectClose((await predict(reset, steps[0]))[0].data, expected[0].data)
  expect((await convertFile(source, output, { state: 'io', check: true })).differences).toHaveLength(2)
})

test('the check runs on real inputs, images or arrays, and refuses those that do not fit', async () => {
  const source = join(CASES, 'dense-rank3')
  const npy = join(folder, 'x.npy')
  writeFileSync(npy, encodeNpy(waves(5, 4, 3).data as Float32Array, [5, 4, 3]))
  const { differences } = await convertFile(source, output, { check: true, samples: [npy] })
  expect(differences).toHaveLength(2)
  writeFileSync(npy, encodeNpy(waves(5, 4, 2).data as Float32Array, [5, 4, 2]))
  await expect(convertFile(source, output, { check: true, samples: [npy] })).rejects.toThrow(
    /x.npy: expected shape \[batch, 4, 3\] for input d_input, got \[5, 4, 2\]/,
  )
  const images = mkdtempSync(join(folder, 'images-'))
  for (const shade of [0, 90, 255]) {
    const png = encode({ width: 6, height: 6, data: new Uint8Array(36).fill(shade), channels: 1, depth: 8 })
    writeFileSync(join(images, `${shade}.png`), png)
  }
  const conv = join(import.meta.dirname, '../golden/export/model.json')
  const checked = await convertFile(conv, output, { check: true, samples: [images] })
  expect(checked.differences.every(({ maxRel }) => maxRel < 1e-5)).toBe(true)
  writeFileSync(
    join(images, 'other.png'),
    encode({ width: 5, height: 6, data: new Uint8Array(30), channels: 1, depth: 8 }),
  )
  const mixed = convertFile(conv, output, { check: true, samples: [images] })
  await expect(mixed).rejects.toThrow(/other.png: expected an image of \[6, 6, 2\], got \[6, 5, 2\]/)
})
