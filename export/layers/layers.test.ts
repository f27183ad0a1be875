import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { convertLayersModel } from '../convert.ts'
import { measureParity, type ParityRuntime, requireParity } from '../parity.ts'
import { compareShapes } from '../testing/decoded.ts'
import { buildSample, drawInputs, saved } from '../testing/models.ts'
import { SAMPLES } from '../testing/samples.ts'
import { LAYERS } from './table.ts'

const RUNS = Number(process.env.EXPORT_RUNS ?? 15)
const WEB_RUNS = 2
const folder = mkdtempSync(join(tmpdir(), 'layers-'))
const python = ['python3', '/usr/bin/python3'].find(hasOnnx)

afterAll(() => rmSync(folder, { recursive: true }))

function hasOnnx(command: string): boolean {
  try {
    execFileSync(command, ['-c', 'import onnx'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

test('every class of layers in the table has samples', () => {
  expect(Object.keys(SAMPLES).sort()).toEqual(Object.keys(LAYERS).sort())
})

test.each(Object.keys(SAMPLES))('%s predicts as in TF.js and declares its shapes', async className => {
  let runs = 0
  const seeds = fc.integer({ min: 0, max: 1e6 })
  const property = fc.asyncProperty(
    SAMPLES[className],
    seeds,
    fc.integer({ min: 1, max: 3 }),
    async (sample, seed, batch) => {
      const model = await buildSample(sample, seed)
      const converted = await convertLayersModel(await saved(model))
      const runtimes: ParityRuntime[] =
        runs < WEB_RUNS ? ['onnxruntime-node', 'onnxruntime-web'] : ['onnxruntime-node']
      const inputs = drawInputs(sample, batch, seed)
      const differences = await measureParity(model, converted, inputs, runtimes)
      model.dispose()
      requireParity(differences, 1e-5, 1e-6)
      expect(await compareShapes(converted, inputs)).toBeGreaterThan(0)
      writeFileSync(join(folder, `${className}-${runs++}.onnx`), converted.bytes)
    },
  )
  await fc.assert(property, { seed: 20240, numRuns: RUNS })
})

test.skipIf(!python)('python3-onnx accepts each of those files', () => {
  const said = execFileSync(python!, [join(import.meta.dirname, '../testing/check.py'), folder], {
    encoding: 'utf8',
  })
  expect(said).toMatch(/^\d{3,} files pass/)
})
