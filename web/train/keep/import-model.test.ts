import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { zipSync } from 'fflate'
import * as ort from 'onnxruntime-node'
import { expect, test } from 'vitest'
import { Card } from '../../../models/card.ts'
import { encodeModel, floatTensor, type Node, type Tensor } from '../../../models/onnx/encode-model.ts'
import { createRng, normals } from '../../../models/random.ts'
import { importModel } from './import-model.ts'

const MODEL = path.resolve(import.meta.dirname, '../../../models/zoo/mnist-vae-l2-z2')
const shipped = async (name: string) => new File([await readFile(path.join(MODEL, name))], name)
const file = (name: string, content: Uint8Array | string) =>
  new File([content as Uint8Array<ArrayBuffer>], name)

const uniform = createRng(1, 'brought')
const randoms = (n: number) => normals(uniform, new Float32Array(n))

/** Dense layers as PyTorch exports them: weights transposed, names of its own. */
function torch(sizes: number[], last: 'Sigmoid' | undefined, heads = 1): Uint8Array {
  const nodes: Node[] = []
  const initializers: Tensor[] = []
  let from = 'onnx::Gemm_0'
  const gemm = (name: string, inputs: number, units: number) => {
    initializers.push(
      floatTensor(`${name}.weight`, [units, inputs], randoms(units * inputs)),
      floatTensor(`${name}.bias`, [units], randoms(units)),
    )
    nodes.push({
      op: 'Gemm',
      inputs: [from, `${name}.weight`, `${name}.bias`],
      outputs: [name],
      attributes: { transB: { int: 1 } },
    })
  }
  for (let i = 0; i + 2 < sizes.length; i++) {
    gemm(`net.${i}`, sizes[i], sizes[i + 1])
    nodes.push({ op: 'Relu', inputs: [`net.${i}`], outputs: [`relu.${i}`] })
    from = `relu.${i}`
  }
  const [inputs, units] = sizes.slice(-2)
  const names = heads === 1 ? ['out'] : ['fc_logvar', 'fc_mu']
  for (const name of names) gemm(name, inputs, units)
  if (last) nodes.push({ op: last, inputs: ['out'], outputs: ['image'] })
  return encodeModel({
    name: 'main_graph',
    nodes,
    initializers,
    inputs: [{ name: 'onnx::Gemm_0', type: 'float', dims: ['n', sizes[0]] }],
    outputs: (last ? ['image'] : names).map(name => ({ name, type: 'float', dims: ['n', units] })),
  })
}

async function run(bytes: Uint8Array, input: Float32Array): Promise<Record<string, Float32Array>> {
  const session = await ort.InferenceSession.create(bytes)
  const [name] = session.inputNames
  const results = await session.run({ [name]: new ort.Tensor('float32', input, [1, input.length]) })
  return Object.fromEntries(Object.entries(results).map(([key, { data }]) => [key, data as Float32Array]))
}

test('a folder with a card is read with its bytes, from files and from a zip', async () => {
  const names = ['card.json', 'encoder.onnx', 'decoder.onnx', 'latents.safetensors']
  const files = await Promise.all(names.map(shipped))
  const contents = await Promise.all(files.map(async each => new Uint8Array(await each.arrayBuffer())))
  const zip = zipSync(Object.fromEntries(names.map((name, i) => [`mnist/${name}`, contents[i]])))
  for (const given of [files, [file('mnist.zip', zip)]]) {
    const { card, files: read } = await importModel(given, 'other')
    expect(card.id).toBe('mnist-vae-l2-z2')
    expect(read['decoder.onnx']).toEqual(contents[2])
  }
})

test('a decoder and an encoder of other makers, in any order and names, compute what they did', async () => {
  const [decoder, encoder] = [torch([3, 20, 36], 'Sigmoid'), torch([36, 11, 3], undefined, 2)]
  const { card, files } = await importModel(
    [file('b.onnx', encoder), file('My Net (2).onnx', decoder)],
    'other',
  )
  expect(Card.parse(card)).toMatchObject({
    id: 'my-net-2',
    architecture: { kind: 'vae', inputDim: 36, latentDim: 3, layers: 2, widths: [20], output: 'sigmoid' },
    dataset: { height: 6, width: 6 },
  })
  const z = Float32Array.of(0.3, -1, 2)
  const x = Float32Array.from({ length: 36 }, (_, i) => (i % 5) / 5)
  expect([...(await run(files['decoder.onnx'], z)).xhat]).toEqual([...(await run(decoder, z)).image])
  const [ours, theirs] = [await run(files['encoder.onnx']!, x), await run(encoder, x)]
  expect([...ours.mu]).toEqual([...theirs.fc_mu])
  expect([...ours.logvar]).toEqual([...theirs.fc_logvar])
})

test('a decoder alone is a model without an encoder', async () => {
  const { card, files } = await importModel(
    [file('generator.onnx', torch([2, 8, 20 * 28], 'Sigmoid'))],
    'other',
  )
  expect(files['encoder.onnx']).toBeUndefined()
  expect(card.dataset).toMatchObject({ height: 28, width: 20 })
})

const convolution = encodeModel({
  name: 'convolution',
  nodes: [{ op: 'Conv', inputs: ['z', 'w'], outputs: ['xhat'] }],
  initializers: [floatTensor('w', [1, 1, 3, 3], new Float32Array(9))],
  inputs: [{ name: 'z', type: 'float', dims: ['batch', 1, 8, 8] }],
  outputs: [{ name: 'xhat', type: 'float', dims: ['batch', 1, 6, 6] }],
})

test.each([
  ['a text file', [file('decoder.onnx', 'not a model')], /decoder\.onnx is damaged or is not an ONNX file/],
  ['half a file', [file('d.onnx', torch([2, 8, 64], 'Sigmoid').subarray(0, 900))], /d\.onnx is damaged/],
  ['a broken zip', [file('run.zip', 'PK no')], /run\.zip is damaged or is not a zip file/],
  [
    'a TF.js model',
    [file('model.json', '{}')],
    /This is a TF\.js model\. The page convert\/ converts it to ONNX/,
  ],
  [
    'a convolution',
    [file('c.onnx', convolution)],
    /c\.onnx is a kind of network that this page cannot explore/,
  ],
  ['an encoder alone', [file('e.onnx', torch([64, 8, 2], undefined))], /e\.onnx: expected a decoder/],
  ['a photo', [file('cat.jpg', 'x')], /Found no model: .* got cat\.jpg/],
  [
    'two models that do not match',
    [file('d.onnx', torch([2, 8, 64], 'Sigmoid')), file('e.onnx', torch([64, 8, 3], undefined))],
    /e\.onnx and d\.onnx do not belong together: the encoder maps 64 pixels to 3 numbers, the decoder 2 numbers to 64 pixels/,
  ],
])('importModel refuses %s with a message that names the fault', async (_, files, words) => {
  await expect(importModel(files, 'other')).rejects.toThrow(words)
})

test('importModel names the file that is not the one its card describes, or is missing', async () => {
  const [card, encoder, latents] = await Promise.all(
    ['card.json', 'encoder.onnx', 'latents.safetensors'].map(shipped),
  )
  await expect(importModel([card, encoder, latents], 'other')).rejects.toThrow(
    /decoder\.onnx, which is missing/,
  )
  const other = file('decoder.onnx', torch([2, 8, 784], 'Sigmoid'))
  await expect(importModel([card, encoder, latents, other], 'other')).rejects.toThrow(
    /decoder\.onnx is not the file that card\.json describes/,
  )
})
