import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import * as tf from '@tensorflow/tfjs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readModelFiles } from './files/artifacts.ts'
import { locate } from './node/disk-location.ts'
import { randomize, saved } from './testing/models.ts'
import { convertModel } from './to-onnx/convert-model.ts'

let folder: string

beforeAll(async () => {
  await tf.setBackend('cpu')
  folder = await mkdtemp(join(tmpdir(), 'cli-'))
  const layers = [
    tf.layers.dense({ units: 6, activation: 'relu', inputShape: [5], name: 'hidden' }),
    tf.layers.dense({ units: 2, name: 'answer' }),
  ]
  const model = tf.sequential({ layers, name: 'net' })
  randomize(model, 1)
  const { modelTopology, weightSpecs, weightData } = await readModelFiles(await saved(model))
  const weightsManifest = [{ paths: ['weights.bin'], weights: weightSpecs }]
  await writeFile(join(folder, 'model.json'), JSON.stringify({ modelTopology, weightsManifest }))
  await writeFile(join(folder, 'weights.bin'), weightData[0])
})
afterAll(() => rm(folder, { recursive: true }))

/** Runs the command as a user does, in the model's folder. */
async function run(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const command = [join(import.meta.dirname, 'cli.ts'), ...args]
  try {
    return { code: 0, ...(await promisify(execFile)(process.execPath, command, { cwd: folder })) }
  } catch (error) {
    return error as { code: number; stdout: string; stderr: string }
  }
}

test('tfjs2onnx --check writes the bytes that convertModel gives, and reports the differences', async () => {
  const { code, stdout, stderr } = await run(
    '.',
    'out.onnx',
    '--check',
    '--precision',
    'fp16',
    '--inputs',
    'x',
    '--batch',
    'n',
  )
  expect([code, stderr]).toEqual([0, ''])
  expect(stdout).toMatch(
    /^out.onnx: [\d,]+ bytes, opset 17, weights in fp16\n {2}input x \[n, 5\] float\n {2}output answer \[n, 2\] float\n/,
  )
  expect(stdout.match(/at most \d\.\de-\d+ from TF.js/g)).toHaveLength(3)
  const { bytes } = await convertModel(locate(folder), { precision: 'fp16', inputs: ['x'], batch: 'n' })
  expect((await readFile(join(folder, 'out.onnx'))).equals(Buffer.from(bytes))).toBe(true)
})

test('--import converts a custom class with the layers of the module', async () => {
  const json = await readFile(join(folder, 'model.json'), 'utf8')
  await mkdir(join(folder, 'custom'))
  await writeFile(join(folder, 'custom/model.json'), json.replace('"Dense"', '"Mine"'))
  await writeFile(join(folder, 'custom/weights.bin'), await readFile(join(folder, 'weights.bin')))
  const convert = `(config, [x], { graph, weight }) => graph.op('MatMul', [x, weight('kernel', [5, config.units])])`
  await writeFile(join(folder, 'mine.mjs'), `export const layers = { Mine: ${convert} }`)
  const without = await run('custom', 'mine.onnx')
  expect([without.code, without.stderr]).toEqual([
    1,
    expect.stringMatching(/^error: hidden \(Mine\): layers of class Mine/),
  ])
  expect(await run('custom', 'mine.onnx', '--import', 'mine.mjs')).toMatchObject({ code: 0, stderr: '' })
})

test('help, wrong usage, refusal and difference have different exit codes, and leave no file', async () => {
  const before = await readdir(folder)

  const help = await run('--help')
  expect([help.code, help.stderr]).toEqual([0, ''])
  for (const word of ['<model>', '--precision', '--opset', '--check', 'Exit codes', 'Examples'])
    expect(help.stdout).toContain(word)
  const cases: [string[], number, RegExp][] = [
    [[], 2, /missing required argument 'model'/],
    [['model.json', 'a.onnx', '--precision', 'fp8'], 2, /Allowed choices are fp32, fp16, int8/],
    [['model.json', 'a.onnx', '--opset', '12'], 2, /Expected an integer from 13 to 21/],
    [['none.json', 'a.onnx'], 1, /^error: none.json: cannot be read \(ENOENT\)\n$/],
    [['model.json', 'a.onnx', '--outputs', 'a', 'b'], 1, /^error: outputs: expected 1 names/],
    [['model.json', 'none/a.onnx'], 1, /^error: none\/a.onnx: cannot be written \(ENOENT\)\n$/],
    [['model.json', 'a.onnx', '--import', 'absent.mjs'], 1, /^error: --import absent.mjs: /],
    [
      ['model.json', 'a.onnx', '--precision', 'int8', '--check', '--tolerance', '0'],
      3,
      /^error: expected outputs within 0 of TF.js/,
    ],
  ]
  const ended = await Promise.all(cases.map(([args]) => run(...args)))
  for (const [i, [args, expected, message]] of cases.entries()) {
    const { code, stdout, stderr } = ended[i]
    expect([args, code, stdout]).toEqual([args, expected, ''])
    expect(stderr).toMatch(message)
  }
  expect((await readdir(folder)).sort()).toEqual(before.sort())
})
