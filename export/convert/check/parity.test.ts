import * as tf from '@tensorflow/tfjs'
import { beforeAll, expect, test } from 'vitest'
import type { Artifacts } from '../files/artifacts.ts'
import { measureParity } from '../node/measure-parity.ts'
import { convertModel } from '../to-onnx/convert-model.ts'
import type { Converted } from '../to-onnx/convert-options.ts'
import type { Numbers } from './numbers.ts'
import { compare, ParityError, requireParity } from './parity.ts'

let artifacts: Artifacts
let converted: Converted
const x: Numbers = { dims: [3, 6], data: Float32Array.from({ length: 18 }, (_, i) => Math.cos(i)) }

beforeAll(async () => {
  await tf.setBackend('cpu')
  const model = tf.sequential({
    layers: [
      tf.layers.dense({ units: 5, activation: 'relu', inputShape: [6] }),
      tf.layers.dense({ units: 4, activation: 'sigmoid' }),
    ],
  })
  const saved = new Promise<Artifacts>(resolve => {
    const modelArtifactsInfo = { dateSaved: new Date(0), modelTopologyType: 'JSON' as const }
    model.save(
      tf.io.withSaveHandler(async whole => {
        resolve(whole)
        return { modelArtifactsInfo }
      }),
    )
  })
  artifacts = await saved
  converted = await convertModel(artifacts)
})

test('a dense model agrees in every runtime', async () => {
  const differences = await measureParity(artifacts, converted, [x])
  expect(differences.map(d => d.runtime)).toEqual(['onnxruntime-node', 'onnxruntime-web', 'typescript'])
  requireParity(differences, 1e-6)
})

test('requireParity refuses the outputs of another model, and names the runtime and the difference', async () => {
  const weightData = new Uint8Array(artifacts.weightData as ArrayBuffer).slice()
  const weights = new Float32Array(weightData.buffer)
  weights[weights.length - 1] += 0.5 // the bias of the last output
  const differences = await measureParity({ ...artifacts, weightData }, converted, [x])
  expect(() => requireParity(differences, 1e-5)).toThrow(ParityError)
  expect(() => requireParity(differences, 1e-5)).toThrow(/onnxruntime-node by 0\.\d+ .* typescript by 0\.\d+/)
})

test('a NaN or an infinity on one side only is an infinite difference', () => {
  const of = (...values: number[]): Numbers[] => [{ dims: [values.length], data: Float32Array.from(values) }]
  expect(compare(of(1, Number.NaN), of(1, Number.NaN)).maxAbs).toBe(0)
  expect(compare(of(1, Infinity), of(1, Infinity)).maxAbs).toBe(0)
  expect(compare(of(1, Number.NaN), of(1, 2))).toMatchObject({ maxAbs: Infinity, maxRel: Infinity })
  expect(compare(of(1, 2), of(1, Infinity)).maxAbs).toBe(Infinity)
  expect(compare(of(3, 4.5), of(3, 5))).toMatchObject({ maxAbs: 0.5, maxRel: 0.1 })
})
