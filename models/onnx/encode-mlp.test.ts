import * as ort from 'onnxruntime-node'
import { expect, test } from 'vitest'
import { createRng, normals } from '../random.ts'
import { encodeMlp } from './encode-mlp.ts'
import type { Dense } from './plain-runtime.ts'

const uniform = createRng(1, 'mlp')
const layer = (inputs: number, units: number, activation: Dense['activation'], from: number): Dense => ({
  name: '',
  inputs,
  units,
  activation,
  weights: normals(uniform, new Float32Array(inputs * units)),
  bias: normals(uniform, new Float32Array(units)),
  from,
})

test('a network with two inputs and two heads computes in ONNX Runtime what its layers say', async () => {
  const layers = [layer(5, 4, 'relu', 0), layer(4, 2, 'linear', 1), layer(4, 3, 'sigmoid', 1)]
  const bytes = encodeMlp(
    {
      input: { name: 'a, b', features: 5 },
      inputs: [
        { name: 'a', features: 3 },
        { name: 'b', features: 2 },
      ],
      layers,
      outputs: [
        { name: 'p', value: 2 },
        { name: 'q', value: 3 },
      ],
    },
    ['x', 'y'],
    ['mu', 'share'],
  )
  const session = await ort.InferenceSession.create(bytes)
  const x = [0.5, -1, 2, 1, 0]
  const results = await session.run({
    x: new ort.Tensor('float32', x.slice(0, 3), [1, 3]),
    y: new ort.Tensor('float32', x.slice(3), [1, 2]),
  })
  const dense = ({ weights, bias, units }: Dense, input: number[]) =>
    Array.from(
      { length: units },
      (_, j) => bias[j] + input.reduce((s, v, i) => s + v * weights[i * units + j], 0),
    )
  const hidden = dense(layers[0], x).map(v => Math.max(0, v))
  const expectClose = (got: ort.Tensor, expected: number[]) => {
    for (const [j, v] of expected.entries()) expect(got.data[j]).toBeCloseTo(v, 5)
  }
  expectClose(results.mu, dense(layers[1], hidden))
  expectClose(
    results.share,
    dense(layers[2], hidden).map(v => 1 / (1 + Math.exp(-v))),
  )
})
