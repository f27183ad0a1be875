import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as ort from 'onnxruntime-node'
import { readModelFolder } from '../../export/registry/read-folder.ts'
import { readMlp } from '../../models/onnx/read-mlp.ts'
import { createRng, shuffle } from '../../models/random.ts'
import { graphsOf } from '../../models/registry/version.ts'
import { binarizedDataset } from '../../train/data/binarized.ts'
import { loadDataset } from '../../train/data/load-dataset.ts'
import { importanceBounds } from '../../train/evaluate/importance-bound.ts'
import type { OnnxRuntime } from '../../train/step/onnx-engine.ts'
import { openOnnxModel } from '../../train/step/run/onnx-model.ts'

/*
 * For importance_bound.py: prints the bounds of a model on the first binary test images of `npm run evaluate` as JSON,
 * and writes the images and the weights of both networks into a folder as raw float32.
 */
const [id, count, folder] = process.argv.slice(2)
const { card, files } = await readModelFolder(`models/zoo/${id}`)
const { test } = binarizedDataset(await loadDataset(card.dataset.name), 1)
const all = Uint32Array.from({ length: test.count }, (_, i) => i)
const indices = shuffle(createRng(1, 'evaluate'), all).slice(0, Number(count))
const size = card.architecture.inputDim
const write = (name: string, values: Float32Array) => writeFileSync(join(folder, name), values)
for (const part of ['encoder', 'decoder'] as const) {
  readMlp(files[`${part}.onnx`]).layers.forEach(({ weights, bias }, i) => {
    write(`${part}${i}.weights`, Float32Array.from(weights))
    write(`${part}${i}.bias`, Float32Array.from(bias))
  })
}
const pixels = new Float32Array(indices.length * size)
indices.forEach((image, row) => {
  for (let k = 0; k < size; k++) pixels[row * size + k] = test.pixels[image * size + k] / 255
})
write('images', pixels)
const model = await openOnnxModel(ort as OnnxRuntime, graphsOf(files), card.architecture)
const bounds = await importanceBounds(model, test, {
  prior: card.prior,
  indices,
  samples: [1, 50, 5000],
  seed: 1,
})
await model.close()
console.log(JSON.stringify(bounds.map(({ value }) => value)))
