import { readFile } from 'node:fs/promises'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { expect, test } from 'vitest'
import { JudgeCard } from '../judge-card.ts'
import { createRng } from '../random.ts'
import { openClassifier } from './plain-classifier.ts'

test('openClassifier gives the classes and probabilities of ONNX Runtime', async () => {
  const folder = 'models/judges/mnist'
  const bytes = Uint8Array.from(await readFile(`${folder}/classifier.onnx`))
  const { architecture } = JudgeCard.parse(JSON.parse(await readFile(`${folder}/card.json`, 'utf8')))
  const rng = createRng(3, 'images')
  // Blocks of random intensity, so that the convolutions see more than noise.
  const blocks = Float32Array.from({ length: 16 * 16 }, () => rng() ** 2)
  const x = Float32Array.from({ length: 16 * 784 }, (_, i) => {
    const [row, column] = [Math.floor((i % 784) / 28), i % 28]
    return blocks[Math.floor(i / 784) * 16 + Math.floor(row / 7) * 4 + Math.floor(column / 7)]
  })
  const session = await InferenceSession.create(bytes)
  const { logits } = await session.run({ x: new Tensor('float32', x, [16, 784]) })
  const { classes, probabilities } = openClassifier(bytes, architecture)(x)
  for (let i = 0; i < 16; i++) {
    const row = [...(logits.data as Float32Array).subarray(i * 10, (i + 1) * 10)]
    const weights = row.map(Math.exp)
    const expected = weights.map(weight => weight / weights.reduce((a, b) => a + b))
    expect(classes[i]).toBe(row.indexOf(Math.max(...row)))
    expect(probabilities[i]).toBeCloseTo(expected[classes[i]], 4)
  }
  expect(new Set(classes).size).toBeGreaterThan(1)
})

test('openClassifier refuses a file without its layers', async () => {
  const decoder = Uint8Array.from(await readFile('models/zoo/mnist-vae-l2-z2/decoder.onnx'))
  const architecture = {
    height: 28,
    width: 28,
    convolutions: [{ filters: 16, kernel: 5, stride: 2 }],
    features: 128,
    classes: 10,
  }
  expect(() => openClassifier(decoder, architecture)).toThrow('expected a constant convolution_1/kernel')
})
