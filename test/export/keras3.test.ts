import { readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Numbers } from '../../export/convert/check/numbers.ts'
import { compare } from '../../export/convert/check/parity.ts'
import { convertFile } from '../../export/convert/convert-file.ts'
import { locate } from '../../export/convert/node/disk-location.ts'
import { RUNTIMES } from '../../export/convert/node/runtimes.ts'
import { convertModel } from '../../export/convert/to-onnx/convert-model.ts'

/** Models with inputs and outputs, which test/outside/keras3.py wrote with Keras 3. */
const FOLDER = join(import.meta.dirname, 'keras3')

interface Expected {
  inputs: { dims: number[]; data: number[] }[]
  outputs: { dims: number[]; data: number[] }[]
}

const numbers = (list: Expected['inputs']): Numbers[] =>
  list.map(({ dims, data }) => ({ dims, data: Float32Array.from(data) }))

async function predict(source: Parameters<typeof convertModel>[0], inputs: Numbers[]): Promise<Numbers[]> {
  const converted = await convertModel(source)
  const loaded = await RUNTIMES['onnxruntime-node'](converted)
  const typed = inputs.map(({ dims, data }, i) => ({
    dims,
    data: converted.inputs[i].type === 'int32' ? Int32Array.from(data) : data,
  }))
  const outputs = await loaded.run(typed)
  await loaded.close()
  return outputs
}

test.each([
  ['sequential', 'convolutions, depthwise kernels, normalization'],
  ['functional', 'a model used twice in another, shared layers, lists of tensors'],
  ['recurrent', 'GRU with reset_after, initial states, Bidirectional, TimeDistributed'],
  ['masked', 'a mask as an operation, hard_sigmoid, Bidirectional over a sequence'],
  ['named', 'inputs and outputs by name, a model of several, layers of one name'],
  ['images', 'activations that TF.js lacks, bilinear upsampling, a model in TimeDistributed'],
])('%s as Keras 3 saves it (%s) predicts as in Keras', async name => {
  const { inputs, outputs }: Expected = JSON.parse(readFileSync(join(FOLDER, name, 'expected.json'), 'utf8'))
  const actual = await predict(locate(join(FOLDER, name)), numbers(inputs))
  expect(actual).toHaveLength(outputs.length)
  expect(compare(actual, numbers(outputs)).maxRel).toBeLessThan(1e-5)
})

test.each(['sequential', 'functional', 'named', '../cases/keras3-sequential'])(
  '%s is checked by the same network rebuilt in TF.js',
  async name => {
    const output = join(tmpdir(), `keras3-${process.pid}.onnx`)
    const { differences } = await convertFile(join(FOLDER, name), output, { check: true })
    await rm(output)
    expect(differences.map(({ runtime }) => runtime).slice(0, 2)).toEqual([
      'onnxruntime-node',
      'onnxruntime-web',
    ])
  },
)

test('weights under the name of the model are found', async () => {
  const { inputs, outputs }: Expected = JSON.parse(
    readFileSync(join(FOLDER, 'functional', 'expected.json'), 'utf8'),
  )
  const json = readFileSync(join(FOLDER, 'functional', 'model.json'), 'utf8')
  const prefixed = json
    .replaceAll('"name": "fc/', '"name": "outer/fc/')
    .replaceAll('"name": "inner_fc/', '"name": "outer/inner/inner_fc/')
  expect(prefixed).not.toBe(json)
  const files = {
    'model.json': new TextEncoder().encode(prefixed),
    'weights.bin': new Uint8Array(readFileSync(join(FOLDER, 'functional', 'weights.bin'))),
  }
  expect(compare(await predict({ files }, numbers(inputs)), numbers(outputs)).maxRel).toBeLessThan(1e-5)
})

test('the Sequential case of Keras 3 converts, with its weights in their places', async () => {
  const folder = join(import.meta.dirname, 'cases/keras3-sequential')
  const bytes = readFileSync(join(folder, 'weights.bin'))
  const w = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length))
  const x = [0.3, -0.7, 1.1]
  const dense = (input: number[], units: number, at: number) =>
    Array.from({ length: units }, (_, j) =>
      input.reduce((sum, v, i) => sum + v * w[at + i * units + j], w[at + input.length * units + j]),
    )
  const hidden = dense(x, 4, 0).map(v => Math.max(0, v))
  const [y] = await predict(locate(folder), [{ dims: [1, 3], data: Float32Array.from(x) }])
  for (const [i, v] of dense(hidden, 2, 16).entries()) expect(y.data[i]).toBeCloseTo(v, 5)
})
