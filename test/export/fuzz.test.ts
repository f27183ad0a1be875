import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { drawInputs, tableInputs } from '../../export/convert/check/draw-inputs.ts'
import { convertFile } from '../../export/convert/convert-file.ts'
import { readModelFiles } from '../../export/convert/files/artifacts.ts'
import { ConversionError } from '../../export/convert/graph/conversion-error.ts'
import { readLayersModel } from '../../export/convert/layers-model/read-layers-model.ts'
import { measureParity } from '../../export/convert/node/measure-parity.ts'
import { NATIVE_RUNTIME } from '../../export/convert/node/runtimes.ts'
import { randomize, saved } from '../../export/convert/testing/models.ts'
import { type Files, mutate } from './mutants.ts'

const MUTANTS = 350
const folder = mkdtempSync(join(tmpdir(), 'fuzz-'))
let originals: Files[]

/** Networks that together use most features of a model.json, each with a few hundred bytes of weights. */
function networks(): tf.LayersModel[] {
  const image = tf.layers.conv2d({ filters: 2, kernelSize: 3, inputShape: [5, 5, 1], padding: 'same' })
  const layers = [
    image,
    tf.layers.batchNormalization(),
    tf.layers.maxPooling2d({}),
    tf.layers.flatten(),
    tf.layers.dense({ units: 2 }),
  ]
  const x = tf.input({ shape: [3, 2] })
  const inner = tf.sequential({ layers: [tf.layers.dense({ units: 2, inputShape: [2] })] })
  const each = tf.layers.timeDistributed({ layer: inner }).apply(x) as tf.SymbolicTensor
  const both = tf.layers.bidirectional({ layer: tf.layers.lstm({ units: 2 }) as tf.RNN, mergeMode: 'concat' })
  const first = both.apply(tf.layers.masking().apply(each) as tf.SymbolicTensor) as tf.SymbolicTensor
  const sum = tf.layers
    .add()
    .apply([first, tf.layers.reLU().apply(first) as tf.SymbolicTensor]) as tf.SymbolicTensor
  return [tf.sequential({ layers }), tf.model({ inputs: x, outputs: [sum, first] })]
}

async function filesOf(model: tf.LayersModel): Promise<Files> {
  const { modelTopology, weightSpecs, weightData } = await readModelFiles(await saved(model))
  const weightsManifest = [{ paths: ['a.bin', 'b.bin'], weights: weightSpecs }]
  const json = JSON.stringify({ format: 'layers-model', modelTopology, weightsManifest })
  return {
    'model.json': new TextEncoder().encode(json),
    'a.bin': weightData[0].slice(0, 50),
    'b.bin': weightData[0].slice(50),
  }
}

beforeAll(async () => {
  await tf.setBackend('cpu')
  originals = []
  for (const [i, model] of networks().entries()) {
    randomize(model, i)
    originals.push(await filesOf(model))
  }
})
afterAll(() => rmSync(folder, { recursive: true }))

/** The difference of an accepted mutant's file from TF.js; undefined if TF.js does not accept the mutant. */
async function difference(files: Files, path: string): Promise<number | undefined> {
  const written = await convertFile({ files }, path)
  const { network } = await readLayersModel({ files })
  const inputs = drawInputs(written, tableInputs(network))
  let worst: number | undefined
  try {
    const [{ maxRel, maxAbs }] = await measureParity({ files }, written, inputs, NATIVE_RUNTIME)
    // Flipped bits give weights of any size, and engines differ in how NaN and infinity propagate.
    worst = maxAbs < 1e-6 || maxAbs === Number.POSITIVE_INFINITY ? 0 : maxRel
  } catch (error) {
    if (/onnx/i.test(String(error))) throw error
  }
  return worst
}

test(`each of ${MUTANTS} damaged models is refused without a file, or predicts as in TF.js`, async () => {
  const count = { refused: 0, agrees: 0, onlyHere: 0 }
  for (let i = 0; i < MUTANTS; i++) {
    const files = mutate(originals, i)
    const path = join(folder, `${i}.onnx`)
    try {
      await convertFile({ files }, path)
    } catch (error) {
      expect(error, `mutant ${i}`).toBeInstanceOf(ConversionError)
      expect(existsSync(path)).toBe(false)
      count.refused++
      continue
    }
    const worst = await difference(files, path)
    if (worst === undefined) count.onlyHere++
    else count.agrees++
    expect(worst ?? 0, `mutant ${i}`).toBeLessThan(1e-5)
  }
  expect(readdirSync(folder)).toHaveLength(MUTANTS - count.refused)
  expect(count.refused).toBeGreaterThan(200)
  expect(count.agrees).toBeGreaterThan(100)
  expect(count.onlyHere, 'accepted here, refused by TF.js').toBe(0)
})
