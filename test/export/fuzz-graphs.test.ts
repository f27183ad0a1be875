import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { drawInputs } from '../../export/convert/check/draw-inputs.ts'
import { compareRuntimes } from '../../export/convert/check/parity.ts'
import { loadReference } from '../../export/convert/check/tfjs.ts'
import { convertFile } from '../../export/convert/convert-file.ts'
import { type ModelFiles, readModelFiles } from '../../export/convert/files/artifacts.ts'
import { ConversionError } from '../../export/convert/graph/conversion-error.ts'
import { NATIVE_RUNTIME } from '../../export/convert/node/runtimes.ts'
import {
  constant,
  floats,
  graphFiles,
  loop,
  node,
  vector,
} from '../../export/convert/testing/graph-samples/graphs.ts'
import { attr } from '../../export/convert/testing/graph-samples/sample.ts'
import type { Converted } from '../../export/convert/to-onnx/convert-options.ts'
import { concatBytes } from '../../models/files/bytes.ts'
import { type Files, mutate } from './mutants.ts'

const MUTANTS = 500
const folder = mkdtempSync(join(tmpdir(), 'fuzz-graphs-'))
afterAll(() => rmSync(folder, { recursive: true }))
beforeAll(() => {
  vi.spyOn(console, 'warn').mockImplementation(() => {})
})

const ones = attr.ints([1, 1, 1, 1])
const image = { strides: ones, dilations: ones, data_format: attr.s('NHWC') }

/** A classifier of images: fused and plain convolutions, pooling, padding, resizing, and shape arithmetic. */
const classifier = graphFiles({
  inputs: { x: { shape: [-1, 6, 6, 2] } },
  constants: {
    kernel: floats([3, 3, 2, 2], ...Array.from({ length: 36 }, (_, i) => Math.cos(i))),
    bias: floats([2], 0.5, -1),
    size: vector(5, 5),
    begin: vector(0),
    end: vector(1),
    step: vector(1),
    rest: constant(-1),
    dense: floats([18, 3], ...Array.from({ length: 54 }, (_, i) => Math.sin(i))),
  },
  nodes: [
    node('conv', '_FusedConv2D', ['x', 'kernel', 'bias'], {
      ...image,
      padding: attr.s('SAME'),
      fused_ops: attr.strings(['BiasAdd', 'Relu6']),
      num_args: attr.i(1),
    }),
    node('resized', 'ResizeBilinear', ['conv', 'size'], { align_corners: attr.b(true) }),
    node('pooled', 'MaxPool', ['resized'], {
      ksize: attr.ints([1, 2, 2, 1]),
      strides: attr.ints([1, 2, 2, 1]),
      padding: attr.s('SAME'),
    }),
    node('shape', 'Shape', ['pooled']),
    node('batch', 'StridedSlice', ['shape', 'begin', 'end', 'step'], { shrink_axis_mask: attr.i(1) }),
    node('target', 'Pack', ['batch', 'rest'], { N: attr.i(2), axis: attr.i(0) }),
    node('flat', 'Reshape', ['pooled', 'target']),
    node('logits', 'MatMul', ['flat', 'dense'], { transpose_a: attr.b(false), transpose_b: attr.b(false) }),
    node('y', 'Softmax', ['logits']),
  ],
  outputs: ['y'],
})

/** A loop with two variables. */
const repeated = graphFiles({
  inputs: { x: { shape: [2, 3] } },
  constants: { zero: constant(0), one: constant(1), times: constant(3), half: floats([], 0.5) },
  nodes: [
    ...loop('f', { i: { start: 'zero', next: 'i/add' }, y: { start: 'x', next: 'y/add' } }, 'less', {
      times_in: 'times',
      one_in: 'one',
      half_in: 'half',
    }),
    node('less', 'Less', ['i/merge', 'times_in']),
    node('i/add', 'AddV2', ['i/switch:1', 'one_in']),
    node('y/add', 'AddV2', ['y/switch:1', 'half_in']),
  ],
  outputs: ['y/exit'],
})

/** Boxes that are picked, gathered and sorted. */
const detector = graphFiles({
  inputs: { boxes: { shape: [6, 4] }, scores: { shape: [6] } },
  constants: {
    most: constant(3),
    overlap: floats([], 0.5),
    least: floats([], -9),
    axis: constant(0),
    k: constant(2),
  },
  nodes: [
    node('chosen', 'NonMaxSuppressionV3', ['boxes', 'scores', 'most', 'overlap', 'least']),
    node('kept', 'GatherV2', ['boxes', 'chosen', 'axis'], { batch_dims: attr.i(0) }),
    node('best', 'TopKV2', ['scores', 'k'], { sorted: attr.b(true) }),
    node('sum', 'Sum', ['kept', 'axis'], { keep_dims: attr.b(false) }),
  ],
  outputs: ['sum', 'best'],
})

function filesOf({ modelTopology, weightSpecs, weightData, signature }: ModelFiles): Files {
  const weightsManifest = [{ paths: ['a.bin'], weights: weightSpecs }]
  const json = JSON.stringify({ format: 'graph-model', modelTopology, weightsManifest, signature })
  return { 'model.json': new TextEncoder().encode(json), 'a.bin': concatBytes(weightData) }
}

/** The difference of an accepted mutant's file from TF.js; undefined if TF.js does not accept the mutant. */
async function difference(files: Files, written: Converted): Promise<number | undefined> {
  // A damaged loop may run forever, in TF.js too, so its file is loaded but not run.
  if (new TextDecoder().decode(files['model.json']).includes('LoopCond')) {
    await (await NATIVE_RUNTIME['onnxruntime-node'](written)).close()
    return 0
  }
  const inputs = drawInputs(written, () => ({ below: 3 }))
  let expected: Awaited<ReturnType<Awaited<ReturnType<typeof loadReference>>['predict']>>
  try {
    const reference = await loadReference(await readModelFiles({ files }))
    expected = await reference.predict(inputs)
  } catch {
    return undefined
  }
  // TF.js gives an empty or incomplete result if its own kernels do not check their inputs.
  if (expected.some(({ data }) => data.length === 0)) return undefined
  const [{ maxRel, maxAbs }] = await compareRuntimes(written, inputs, expected, NATIVE_RUNTIME)
  return maxAbs < 1e-6 || maxAbs === Number.POSITIVE_INFINITY ? 0 : maxRel
}

test(`each of ${MUTANTS} damaged graph-models is refused without a file, or computes as in TF.js`, async () => {
  const originals = [classifier, repeated, detector].map(filesOf)
  const count = { refused: 0, agrees: 0, onlyHere: 0 }
  for (let i = 0; i < MUTANTS; i++) {
    const files = mutate(originals, i)
    const path = join(folder, `${i}.onnx`)
    let written: Converted
    try {
      written = await convertFile({ files }, path)
    } catch (error) {
      expect(error, `mutant ${i}: ${(error as Error).stack}`).toBeInstanceOf(ConversionError)
      expect(existsSync(path)).toBe(false)
      count.refused++
      continue
    }
    const worst = await difference(files, written)
    if (worst === undefined) count.onlyHere++
    else count.agrees++
    expect(worst ?? 0, `mutant ${i}`).toBeLessThan(1e-5)
  }
  expect(count.refused).toBeGreaterThan(100)
  expect(count.agrees).toBeGreaterThan(100)
})
