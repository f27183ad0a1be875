import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { requireParity } from '../../check/parity.ts'
import { measureParity } from '../../node/measure-parity.ts'
import { NATIVE_RUNTIME, RUNTIMES } from '../../node/runtimes.ts'
import { compareShapes } from '../../testing/decode-onnx.ts'
import { layerSection, note, nothingTried, replaceSection, type Tried } from '../../testing/documentation.ts'
import type { Sample } from '../../testing/drawing.ts'
import { buildSample, drawInputs, saved } from '../../testing/models.ts'
import { checkFolder, python } from '../../testing/python.ts'
import { EXAMPLES, SAMPLES } from '../../testing/samples.ts'
import { convertModel } from '../../to-onnx/convert-model.ts'
import { ABSENT, LAYERS, UNCONVERTED } from './table.ts'

/** Runs for each class; EXPORT_RUNS=500 tries more. */
const RUNS = Number(process.env.EXPORT_RUNS ?? 10)
const WEB_RUNS = 2
const folder = mkdtempSync(join(tmpdir(), 'layers-'))
const tried = new Map<string, Tried>()

beforeAll(() => {
  // TF.js warns of initial states it does not save; they are inputs of the layer, which it does save.
  vi.spyOn(console, 'warn').mockImplementation(() => {})
})
afterAll(() => {
  vi.restoreAllMocks()
  rmSync(folder, { recursive: true })
})

test('every class of layers in the table has samples', () => {
  expect(Object.keys(SAMPLES).sort()).toEqual(Object.keys(LAYERS).sort())
})

test('every layer class of TF.js is in the table or in the list of refused ones', () => {
  const classes = Object.entries(tf.serialization.SerializationMap.getMap().classNameMap)
  const layers = classes.filter(
    ([, [type]]) => (type as { prototype: unknown }).prototype instanceof tf.layers.Layer,
  )
  const known = { ...LAYERS, ...UNCONVERTED, InputLayer: '', Model: '', Functional: '', Sequential: '' }
  const unknown = layers
    .map(([name]) => name)
    .filter(name => !(name in known) && !/Cell$|GPT2|^Sampling$/.test(name))
  expect(unknown.sort()).toEqual([])
  expect(
    Object.keys(ABSENT).filter(name => name in tf.serialization.SerializationMap.getMap().classNameMap),
  ).toEqual([])
})

test.each(Object.keys(SAMPLES))('%s predicts as in TF.js and declares its shapes', async className => {
  let runs = 0
  const notes = nothingTried()
  tried.set(className, notes)
  const seeds = fc.integer({ min: 0, max: 1e6 })
  const property = fc.asyncProperty(
    SAMPLES[className],
    seeds,
    fc.integer({ min: 1, max: 3 }),
    async (sample, seed, batch) => {
      const model = await buildSample(sample, seed)
      const converted = await convertModel(await saved(model))
      const runtimes = runs < WEB_RUNS ? RUNTIMES : NATIVE_RUNTIME
      const inputs = drawInputs(sample, batch, seed)
      const differences = await measureParity(model, converted, inputs, runtimes)
      model.dispose()
      requireParity(differences, 1e-5, 1e-6)
      expect(await compareShapes(converted, inputs)).toBeGreaterThan(0)
      note(notes, sample, className, converted.bytes)
      writeFileSync(join(folder, `${className}-${runs++}.onnx`), converted.bytes)
    },
  )
  const examples = (EXAMPLES[className] ?? []).map((sample): [Sample, number, number] => [sample, 1, 2])
  await fc.assert(property, { seed: 20240, numRuns: RUNS + examples.length, examples })
})

test.skipIf(!python)('python3-onnx accepts the file of each layer', () => {
  expect(checkFolder(folder)).toMatch(/^\d{3,} files pass/)
})

test.skipIf(process.env.EXPORT_RUNS)(
  'the table of layers in README.md states the results of these tests (UPDATE_DOCS=1 rewrites it)',
  () => {
    const section = layerSection(tried)
    const file = join(import.meta.dirname, '../../../README.md')
    const before = replaceSection(file, 'layers', section, process.env.UPDATE_DOCS === '1')
    expect(process.env.UPDATE_DOCS ? section : before).toBe(section)
  },
)
