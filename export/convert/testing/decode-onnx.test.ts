import { expect, test } from 'vitest'
import type { Numbers } from '../check/numbers.ts'
import type { ConvertLayer } from '../layers-model/custom-layers.ts'
import { convertModel } from '../to-onnx/convert-model.ts'
import type { Converted } from '../to-onnx/convert-options.ts'
import { compareShapes, decode } from './decode-onnx.ts'

const x: Numbers = { dims: [2, 3], data: new Float32Array(6) }

async function convertWith(convert: ConvertLayer): Promise<Converted> {
  const layers = [
    { className: 'Tried', config: { name: 'tried', batchInputShape: [null, 3] } },
    { className: 'ReLU', config: { name: 'relu' } },
  ]
  return convertModel(
    { modelTopology: { className: 'Sequential', config: { name: 'm', layers } } },
    { layers: { Tried: convert } },
  )
}

test('decode reports a wrongly declared shape', async () => {
  const right = await convertWith((_, [value], { graph }) => graph.op('Neg', [value]))
  expect(await compareShapes(right, [x])).toBe(2)
  const wrong = await convertWith((_, [value], { graph }) => {
    return graph.op('Neg', [value], {}, { type: 'float', dims: [value.dims[0], value.dims[0]] })
  })
  await expect(compareShapes(wrong, [x])).rejects.toThrow(
    /declared float32 \[batch,batch\], got float32 \[2,3\]|tried\/Neg/,
  )
})

test('decode refuses an operator of unknown shape unless its shape is given', async () => {
  await expect(convertWith((_, [value], { graph }) => graph.op('Hardmax', [value]))).rejects.toThrow(
    'tried (Tried): no shape rule for operator Hardmax; state its output shape where the node is added',
  )
  const declared = await convertWith((_, [value], { graph }) => graph.op('Hardmax', [value], {}, value))
  expect(await compareShapes(declared, [x])).toBe(2)
})

test('decode reports a field that onnx.proto does not have', async () => {
  const { bytes } = await convertWith((_, [value]) => value)
  expect(decode(bytes).graph?.node).toHaveLength(1)
  // Field 99 of the model, a varint.
  expect(() => decode(Uint8Array.of(...bytes, 0x98, 0x06, 1))).toThrow('ModelProto: unknown field 99')
})
