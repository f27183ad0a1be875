import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { drawInputs, tableInputs } from '../../export/convert/check/draw-inputs.ts'
import { requireParity } from '../../export/convert/check/parity.ts'
import { readLayersModel } from '../../export/convert/layers-model/read-layers-model.ts'
import { measureParity } from '../../export/convert/node/measure-parity.ts'
import { NATIVE_RUNTIME } from '../../export/convert/node/runtimes.ts'
import { compareShapes, decode } from '../../export/convert/testing/decode-onnx.ts'
import { saved } from '../../export/convert/testing/models.ts'
import {
  recurrentTagger,
  residualClassifier,
  vaeDecoder,
  vaeEncoder,
} from '../../export/convert/testing/networks.ts'
import { checkFolder, python } from '../../export/convert/testing/python.ts'
import { convertModel } from '../../export/convert/to-onnx/convert-model.ts'

beforeAll(async () => {
  await tf.setBackend('cpu')
})

const folder = mkdtempSync(join(tmpdir(), 'networks-'))
afterAll(() => rmSync(folder, { recursive: true }))

const NETWORKS = {
  'the encoder of an MLP VAE': vaeEncoder,
  'the decoder of an MLP VAE': vaeDecoder,
  'a convolutional classifier with residual connections and batch normalization': residualClassifier,
  'a recurrent tagger with a mask and open length': recurrentTagger,
}

test.each(Object.entries(NETWORKS))(
  '%s agrees in every runtime, and twice in its SHA-256',
  async (_, build) => {
    const artifacts = await saved(build())
    const converted = await convertModel(artifacts)
    const again = await convertModel(structuredClone(artifacts))
    const [first, second] = [converted, again].map(({ bytes }) =>
      createHash('sha256').update(bytes).digest('hex'),
    )
    expect(second).toBe(first)
    writeFileSync(join(folder, `${first}.onnx`), converted.bytes)
    const { network } = await readLayersModel(artifacts)
    const inputs = drawInputs(converted, tableInputs(network))
    const differences = await measureParity(artifacts, converted, inputs)
    expect(differences.length).toBe(build === vaeEncoder || build === vaeDecoder ? 3 : 2)
    requireParity(differences, 1e-5)
    expect(await compareShapes(converted, inputs)).toBeGreaterThan(2)
  },
)

test('the classifier is transposed once, and its batch normalization lies in its convolutions', async () => {
  const { graph } = decode((await convertModel(await saved(residualClassifier()))).bytes)
  const counts = Map.groupBy(graph!.node, node => node.opType)
  const operators = Object.fromEntries([...counts].map(([op, nodes]) => [op, nodes.length]))
  expect(operators).toEqual({
    Transpose: 1,
    Conv: 9,
    Relu: 7,
    Add: 3,
    GlobalAveragePool: 1,
    Reshape: 1,
    Gemm: 1,
    Softmax: 1,
  })
})

test.each([13, 15, 18, 19, 21])('each network runs in operator set %i', async opset => {
  for (const build of [residualClassifier, recurrentTagger]) {
    const artifacts = await saved(build())
    const converted = await convertModel(artifacts, { opset })
    expect(decode(converted.bytes).opsetImport.map(({ version }) => Number(version))).toEqual([opset])
    const { network } = await readLayersModel(artifacts)
    const inputs = drawInputs(converted, tableInputs(network))
    requireParity(await measureParity(artifacts, converted, inputs, NATIVE_RUNTIME), 1e-5)
  }
})

test.each([
  ['fp16', 1e-2],
  ['int8', 2e-1],
] as const)('with weights in %s each network stays within %f of TF.js', async (precision, tolerance) => {
  for (const build of [residualClassifier, recurrentTagger]) {
    const artifacts = await saved(build())
    const converted = await convertModel(artifacts, { precision })
    const stored = decode(converted.bytes).graph!.initializer.map(({ dataType }) => dataType)
    writeFileSync(join(folder, `${build.name}-${precision}.onnx`), converted.bytes)
    expect(stored).toContain({ fp16: 10, int8: 3 }[precision])
    const { network } = await readLayersModel(artifacts)
    const inputs = drawInputs(converted, tableInputs(network))
    requireParity(await measureParity(artifacts, converted, inputs), tolerance)
    expect(await compareShapes(converted, inputs)).toBeGreaterThan(2)
  }
})

test.skipIf(!python)('python3-onnx accepts the files of the networks', () => {
  expect(checkFolder(folder)).toMatch(/^8 files pass/)
})
