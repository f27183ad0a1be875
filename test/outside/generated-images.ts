import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as ort from 'onnxruntime-node'
import { modelFolder, readModelFolder } from '../../export/registry/read-folder.ts'
import { graphsOf } from '../../models/registry/version.ts'
import { chooseFold } from '../../train/data/choose-fold.ts'
import { loadDataset } from '../../train/data/load-dataset.ts'
import { sampleImages } from '../../train/judge/judge-samples.ts'
import type { OnnxRuntime } from '../../train/step/onnx-engine.ts'
import { openOnnxModel } from '../../train/step/run/onnx-model.ts'

/*
 * For generated_images.py: writes into a folder the images of a model's data set, which of them the model held out, and
 * its samples in 8 bits, drawn as `sample` of the API does: `perClass` of each class, class after class, and as many
 * without a class as of all classes together.
 */
const [name, perClassText, seedText, folder] = process.argv.slice(2)
const [perClass, seed] = [Number(perClassText), Number(seedText)]
const { card, files } = await readModelFolder(modelFolder(name, 'models/zoo'))
const dataset = await loadDataset(card.dataset.name)
const { validation } = chooseFold(dataset, { ...card.training, foldSeed: 0, split: 'shuffled' })
const write = (file: string, values: Uint8Array | Uint32Array) => writeFileSync(join(folder, file), values)
for (const part of ['train', 'test'] as const) {
  write(`${part}.pixels`, dataset[part].pixels)
  write(`${part}.labels`, dataset[part].labels!)
}
write('validation', validation)

const model = await openOnnxModel(ort as OnnxRuntime, graphsOf(files), card.architecture)
const toBytes = (images: Float32Array) => Uint8Array.from(images, value => Math.round(255 * value))
const labels = card.dataset.classes.map((_, label) => label)
for (const label of labels) {
  const drawn = await sampleImages(model, card, { n: perClass, seed, class: label })
  write(`class-${label}.pixels`, toBytes(drawn))
}
write('any.pixels', toBytes(await sampleImages(model, card, { n: perClass * labels.length, seed })))
await model.close()
