import type { Numbers } from '../check/numbers.ts'
import { compareRuntimes, requireParity } from '../check/parity.ts'
import { loadReference } from '../check/tfjs.ts'
import type { ModelFiles } from '../files/artifacts.ts'
import { RUNTIMES } from '../node/runtimes.ts'
import { convertModelFiles } from '../to-onnx/convert-model.ts'
import type { Converted } from '../to-onnx/convert-options.ts'
import { decode } from './decode-onnx.ts'

/** Converts a graph and compares it with TF.js in both runtimes, for each of several inputs. */
export async function expectParity(files: ModelFiles, ...runs: Numbers[][]): Promise<Converted> {
  const converted = convertModelFiles(files)
  const reference = await loadReference(files)
  for (const inputs of runs) {
    const expected = await reference.predict(inputs)
    requireParity(await compareRuntimes(converted, inputs, expected, RUNTIMES), 1e-5, 1e-6)
  }
  reference.dispose()
  return converted
}

/** The operators of a converted graph, in order. */
export const operatorsOf = ({ bytes }: Converted) => decode(bytes).graph!.node.map(({ opType }) => opType)

/** A float32 tensor whose elements are a sampled sine. */
export const waves = (...dims: number[]): Numbers => ({
  dims,
  data: Float32Array.from({ length: dims.reduce((a, b) => a * b, 1) }, (_, i) => Math.sin(1.3 * i)),
})

/** An int32 scalar. */
export const whole = (value: number): Numbers => ({ dims: [], data: Int32Array.of(value) })
