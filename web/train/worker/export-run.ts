import { sha256 } from '@noble/hashes/sha2.js'
import { convertLayersModel } from '../../../export/convert/to-onnx/convert-layers-model.ts'
import { OPSETS } from '../../../export/convert/to-onnx/convert-options.ts'
import { encodeUtf8 } from '../../../models/files/utf8.ts'
import { formatCard } from '../../../models/format-card.ts'
import type { Parameters } from '../../../train/step/parameters.ts'
import { encodeCheckpoint } from '../../../train/step/run/checkpoint.ts'
import { beginRun, describeData, endRun } from '../../../train/step/run/describe-run.ts'
import { formatEpoch, formatRun } from '../../../train/step/run/format-run.ts'
import { type LayersModelFiles, layersModels, modelJson } from '../../../train/step/run/layers-models.ts'
import { makeCard } from '../../../train/step/run/make-card.ts'
import { openOnnxModel } from '../../../train/step/run/onnx-model.ts'
import { encodeImages } from '../data/encode-images.ts'
import { OWN_DATA } from '../data/training-data.ts'
import type { ExportedRun } from '../exported-run.ts'
import type { ActiveRun } from './active-run.ts'

const PRECISION = 'fp16'

/**
 * Makes the run directory of a run as it is now, and its model's ONNX files and card, with the code of `npm run train`
 * and `npm run export`. The card's figures are measured on the ONNX files.
 */
export async function exportRun(running: ActiveRun, parameters: Parameters): Promise<ExportedRun> {
  const { configuration, data, fold, figures, changes, checkpoint } = running
  const { architecture, optimization } = configuration
  const isWholeEpoch = running.steps === checkpoint.epoch * running.epochSteps
  const newRun = beginRun({
    configuration,
    dataset: describeData(data, fold, sha256),
    started: new Date(running.startedAt).toISOString(),
    versions: running.versions,
    records: figures,
  })
  const run = {
    ...newRun,
    ...(await endRun({
      configuration,
      status: checkpoint.epoch === optimization.epochs ? 'finished' : 'interrupted',
      epochs: checkpoint.epoch,
      savedEpoch: isWholeEpoch ? checkpoint.epoch : null,
      parameters,
      model: running.withParameters(parameters),
      data,
      fold,
    })),
    ...(changes.length > 0 && { changes }),
  }
  const models = layersModels(architecture, parameters)
  const onnx = convertBoth(running, models)
  const opened = await openOnnxModel(running.runtime, onnx, architecture)
  const { card, latents } = await makeCard({
    run: { ...run, weights: run.weights as string },
    data,
    fold,
    files: onnx,
    model: opened,
    precision: PRECISION,
    opset: OPSETS.default,
    // The page does not have TF.js to compare with; `npm run export` compares.
    parity: { images: 1, maxAbsDifference: {} },
  })
  await opened.close()
  const lines = figures.map(({ gradientNorm, imagesPerSecond, ...record }) => formatEpoch(record))
  const files = {
    'run.json': encodeUtf8(formatRun(run)),
    'metrics.jsonl': encodeUtf8(lines.join('')),
    'state.safetensors': await encodeCheckpoint(configuration, { ...checkpoint, best: null }),
    ...layersModelFiles('encoder', models.encoder),
    ...layersModelFiles('decoder', models.decoder),
    ...(data.name === OWN_DATA.name && { [OWN_DATA.file]: encodeImages(data) }),
    'encoder.onnx': onnx.encoder,
    'decoder.onnx': onnx.decoder,
    'latents.safetensors': latents,
    'card.json': encodeUtf8(formatCard(card)),
  }
  return { card, files: files as ExportedRun['files'] }
}

function convertBoth(
  { configuration }: ActiveRun,
  { encoder, decoder }: Record<'encoder' | 'decoder', LayersModelFiles>,
) {
  const { kind, classes } = configuration.architecture
  const y = classes ? ['y'] : []
  const convert = (model: LayersModelFiles, input: string, outputs: string[]) =>
    convertLayersModel(
      { ...model, weightData: [model.weightData] },
      { precision: PRECISION, inputs: [input, ...y], outputs },
    ).bytes
  return {
    encoder: convert(encoder, 'x', kind === 'vae' ? ['mu', 'logvar'] : ['z']),
    decoder: convert(decoder, 'z', ['xhat']),
  }
}

function layersModelFiles(part: string, model: LayersModelFiles): Record<string, Uint8Array> {
  return {
    [`${part}/model.json`]: encodeUtf8(modelJson(model)),
    [`${part}/weights.bin`]: model.weightData,
  }
}
