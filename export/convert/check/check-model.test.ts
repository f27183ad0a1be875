import { expect, test } from 'vitest'
import { NATIVE_RUNTIME } from '../node/runtimes.ts'
import { floats, graphFiles, node } from '../testing/graph-samples/graphs.ts'
import { attr } from '../testing/graph-samples/sample.ts'
import { convertModelFiles } from '../to-onnx/convert-model.ts'
import { checkModel } from './check-model.ts'

/** sin(scale · x·W): the larger the scale, the more the output depends on the order of sums. */
function wave(scale: number) {
  const kernel = Array.from({ length: 512 * 4 }, (_, i) => Math.sin(i))
  return graphFiles({
    inputs: { x: { shape: [-1, 512] } },
    constants: { kernel: floats([512, 4], ...kernel), scale: floats([], scale) },
    nodes: [
      node('product', 'MatMul', ['x', 'kernel'], { transpose_a: attr.b(false), transpose_b: attr.b(false) }),
      node('scaled', 'Mul', ['product', 'scale']),
      node('y', 'Sin', ['scaled']),
    ],
    outputs: ['y'],
  })
}

test('a check accepts above its tolerance what TF.js’s own rounding explains, and says so', async () => {
  const files = wave(100)
  const converted = convertModelFiles(files)
  const options = { tolerance: 1e-4, runtimes: NATIVE_RUNTIME }
  await expect(checkModel(files, converted, options)).rejects.toThrow('expected outputs within 0.0001')
  const [{ maxRel, rounding }] = await checkModel(files, converted, { ...options, allowRounding: true })
  expect(maxRel).toBeGreaterThan(1e-4)
  expect(rounding).toBeGreaterThan(maxRel / 4)
})

test('a check does not take a difference of another size for rounding', async () => {
  const files = wave(100)
  const other = convertModelFiles(wave(101))
  const check = checkModel(files, other, { tolerance: 1e-4, allowRounding: true, runtimes: NATIVE_RUNTIME })
  await expect(check).rejects.toThrow('expected outputs within 0.0001')
})
