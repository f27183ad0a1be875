import * as ort from 'onnxruntime-node'
import { describe, expect, test } from 'vitest'
import { encodeModel, type Value } from '../../../models/onnx/encode-model.ts'
import { createRng, normals } from '../../../models/random.ts'
import { centralDifferences } from '../../../test/support/central-differences.ts'
import { emit } from './emit.ts'
import * as e from './expression.ts'
import { gradients } from './gradient.ts'
import { type Case, OPERATOR_CASES } from './testing/operator-cases.ts'

describe('each operator’s derivative is that of central finite differences', () => {
  // A weighted sum makes a full gradient flow back; a plain one the unspread scalar that `sum` passes on.
  const reductions: Record<string, (i: number) => number> = { weighted: i => Math.cos(i + 1), plain: () => 1 }
  for (const [name, subject] of Object.entries(OPERATOR_CASES)) {
    test.each(Object.entries(reductions))(
      `the gradient of ${name} equals central differences, %s sum`,
      async (how, weight) => {
        const operands = subject.shapes.map((shape, i) => draw(shape, `${name}/${i}`, subject.positive))
        const actual = await differentiate(subject, operands, how === 'weighted' ? weight : null)
        expect(actual.value).toBeCloseTo(subject.value(operands, weight), 4)
        for (const [k, gradient] of actual.gradients.entries()) {
          const i = subject.differentiable?.[k] ?? k
          const numeric = centralDifferences(x => subject.value(operands.with(i, x), weight), operands[i])
          expect(gradient.shape).toEqual(subject.shapes[i])
          const scale = Math.max(1, ...numeric.map(Math.abs))
          for (const [j, expected] of numeric.entries()) {
            expect(Math.abs(gradient.data[j] - expected), `operand ${i}, element ${j}`).toBeLessThan(
              1e-5 * scale,
            )
          }
        }
      },
    )
  }
})

test('gradients refuses a leaf the scalar does not depend on and an operator without a derivative', () => {
  const a = e.leaf('a', [2])
  const b = e.leaf('b', [2])
  expect(() => gradients(e.sum(a), [b])).toThrow(new RangeError('the scalar does not depend on b'))
  const pixels = e.leaf('pixels', [2], 'uint8')
  expect(() => gradients(e.sum(e.toFloat(pixels)), [pixels])).toThrow('no derivative for operator Cast')
  expect(() => e.add(e.leaf('a', [2, 3]), e.leaf('b', [2]))).toThrow('cannot broadcast [2, 3] with [2]')
})

/** Standard normals rounded to float32, none so near to 0 that a finite difference would step over a kink. */
function draw(shape: number[], label: string, positive = false): Float64Array {
  const size = shape.reduce((a, b) => a * b, 1)
  const drawn = normals(createRng(7, label), new Float32Array(size))
  return Float64Array.from(drawn, x => {
    const kept = Math.abs(x) < 0.1 ? 0.5 : x
    return positive ? Math.abs(kept) : kept
  })
}

/** The weighted sum (weights `weight`; all 1 where null) of an operator and its gradients, by onnxruntime in float32. */
async function differentiate(
  { shapes, build, differentiable = shapes.map((_, i) => i) }: Case,
  operands: Float64Array[],
  weight: ((i: number) => number) | null,
): Promise<{ value: number; gradients: { shape: readonly number[]; data: Float32Array }[] }> {
  const leaves = shapes.map((shape, i) => e.leaf(`operand${i}`, shape))
  const result = build(...leaves)
  const weights = e.leaf('weights', result.shape)
  const scalar = e.sum(weight ? e.mul(result, weights) : result)
  const derivatives = gradients(
    scalar,
    differentiable.map(i => leaves[i]),
  )
  const outputs = { scalar, ...Object.fromEntries(derivatives.map((g, i) => [`gradient${i}`, g])) }
  const values = Object.entries(outputs).map(
    ([name, { shape }]): Value => ({ name, type: 'float', dims: shape }),
  )
  const emission = emit(outputs)
  const session = await ort.InferenceSession.create(
    encodeModel({ name: 'case', outputs: values, ...emission }),
  )
  const sizes = result.shape as number[]
  const feeds: Record<string, ort.Tensor> = {
    weights: new ort.Tensor(
      Float32Array.from({ length: sizes.reduce((a, b) => a * b, 1) }, (_, i) => weight?.(i) ?? 1),
      sizes,
    ),
    ...Object.fromEntries(
      operands.map((data, i) => [`operand${i}`, new ort.Tensor(Float32Array.from(data), shapes[i])]),
    ),
  }
  const used = new Set(emission.inputs.map(({ name }) => name))
  const results = await session.run(
    Object.fromEntries(Object.entries(feeds).filter(([name]) => used.has(name))),
  )
  await session.release()
  return {
    value: Number(results.scalar.data[0]),
    gradients: derivatives.map((_, i) => {
      const { dims, data } = results[`gradient${i}`]
      return { shape: dims, data: data as Float32Array }
    }),
  }
}
