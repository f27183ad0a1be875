import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { compareRuntimes, requireParity } from '../../check/parity.ts'
import { loadReference } from '../../check/tfjs.ts'
import { NATIVE_RUNTIME } from '../../node/runtimes.ts'
import { compareShapes } from '../../testing/decode-onnx.ts'
import { replaceSection } from '../../testing/documentation.ts'
import { ARRAYS } from '../../testing/graph-samples/arrays.ts'
import { ELEMENTWISE } from '../../testing/graph-samples/elementwise.ts'
import { IMAGES } from '../../testing/graph-samples/images.ts'
import { type GraphSample, graphModel } from '../../testing/graph-samples/sample.ts'
import { SUMS } from '../../testing/graph-samples/sums.ts'
import { noteSample, nothingTried, operatorSection, type TriedOperator } from '../../testing/graph-table.ts'
import { checkFolder, python } from '../../testing/python.ts'
import { convertModelFiles } from '../../to-onnx/convert-model.ts'
import { OPERATORS } from './table.ts'

/** Runs for each operator; EXPORT_RUNS=500 tries more. */
const RUNS = Number(process.env.EXPORT_RUNS ?? 8)
const SAMPLES: Readonly<Record<string, fc.Arbitrary<GraphSample>>> = {
  ...ELEMENTWISE,
  ...IMAGES,
  ...ARRAYS,
  ...SUMS,
}
/** Tested elsewhere: complex numbers cannot be outputs of a model. */
const ELSEWHERE = ['RFFT', 'ComplexAbs', 'Real', 'Imag']
const tried = new Map<string, TriedOperator>()
const folder = mkdtempSync(join(tmpdir(), 'operators-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('every operator in the table has samples', () => {
  expect(Object.keys(SAMPLES).sort()).toEqual(
    Object.keys(OPERATORS)
      .filter(op => !ELSEWHERE.includes(op))
      .sort(),
  )
})

test.each(Object.keys(SAMPLES))('%s computes as TF.js’s own kernel, in its type and shape', async op => {
  let runs = 0
  const notes = nothingTried()
  tried.set(op, notes)
  const property = fc.asyncProperty(SAMPLES[op], fc.integer({ min: 0, max: 1e6 }), async (sample, seed) => {
    const { files, inputs } = graphModel(sample, seed)
    const reference = await loadReference(files)
    // TF.js's own kernels fail on some empty slices.
    const expected = await reference.predict(inputs).catch(() => undefined)
    reference.dispose()
    fc.pre(expected !== undefined)
    const converted = convertModelFiles(files)
    requireParity(await compareRuntimes(converted, inputs, expected!, NATIVE_RUNTIME), 1e-5, 1e-6)
    await compareShapes(converted, inputs)
    noteSample(notes, sample, converted.bytes)
    writeFileSync(join(folder, `${op}-${runs++}.onnx`), converted.bytes)
  })
  await fc.assert(property, { seed: 20240, numRuns: RUNS })
})

test.skipIf(process.env.EXPORT_RUNS)(
  'the table of operators in README.md states the results of these tests (UPDATE_DOCS=1 rewrites it)',
  () => {
    const section = operatorSection(tried)
    const file = join(import.meta.dirname, '../../../README.md')
    const before = replaceSection(file, 'operators', section, process.env.UPDATE_DOCS === '1')
    expect(process.env.UPDATE_DOCS ? section : before).toBe(section)
  },
)

test.skipIf(!python)('python3-onnx accepts the file of each operator', () => {
  expect(checkFolder(folder)).toMatch(/^\d{3,} files pass/)
})
