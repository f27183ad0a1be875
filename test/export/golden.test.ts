import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { PRECISIONS } from '../../export/convert/graph/precision.ts'
import { locate } from '../../export/convert/node/disk-location.ts'
import { convertModel } from '../../export/convert/to-onnx/convert-model.ts'

/** A model as tf.LayersModel.save wrote it: convolution, batch normalization, pooling, dense, two outputs. */
const FOLDER = join(import.meta.dirname, '../golden/export')

/** UPDATE_GOLDEN=1 records the bytes again, for an intended change of all written files. */
test.each(PRECISIONS)('a converted file has the recorded bytes, in %s', async precision => {
  const { bytes } = await convertModel(locate(join(FOLDER, 'model.json')), { precision })
  const file = join(FOLDER, `model.${precision}.onnx`)
  if (process.env.UPDATE_GOLDEN) await writeFile(file, bytes)
  const golden = await readFile(file)
  expect(Buffer.from(bytes).equals(golden)).toBe(true)
})
