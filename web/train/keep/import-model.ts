import { unzipSync } from 'fflate'
import { MODEL_FILES, type ModelFile } from '../../../models/registry/keys.ts'
import { findFault, parseCard } from '../../../models/registry/version.ts'
import { describeOnnx, type ImportedModel, type TrainedOn } from './describe-onnx.ts'

/**
 * Reads a model from a zip that `zipRun` made, from the files of a model's folder, or from ONNX files alone: a decoder,
 * or a decoder and an encoder. If there is a card, each file must have the hash that the card states.
 *
 * @param trainedOn the images that a model without a card was trained on, if known
 * @throws Error with a message for the visitor
 */
export async function importModel(files: readonly File[], trainedOn: TrainedOn): Promise<ImportedModel> {
  const found = await unpack(files)
  const cardBytes = found.get('card.json')
  if (!cardBytes) {
    const onnx = [...found].filter(([name]) => name.endsWith('.onnx'))
    if (onnx.length > 0) return describeOnnx(onnx, trainedOn)
    if (found.has('model.json')) {
      throw new Error(
        'This is a TF.js model. The page convert/ converts it to ONNX, which can be imported here.',
      )
    }
    throw new Error(
      `Found no model: expected a zip from “Download zip”, or decoder.onnx with or without encoder.onnx, got ${listNames(files)}.`,
    )
  }
  const card = parseCard(cardBytes, 'card.json')
  const model = {} as ImportedModel['files']
  for (const name of MODEL_FILES) {
    const bytes = found.get(name)
    if (!bytes) {
      throw new Error(
        `card.json describes ${name}, which is missing. Add it, or leave out card.json to import the ONNX files alone.`,
      )
    }
    const fault = await findFault(card, name, bytes)
    if (fault) throw new Error(`${name} is not the file that card.json describes: ${fault}.`)
    model[name] = bytes
  }
  return { card, files: model as Record<ModelFile, Uint8Array<ArrayBuffer>> }
}

/** The contents of the files by name without folders; zips are unpacked. */
async function unpack(files: readonly File[]): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  const found = new Map<string, Uint8Array<ArrayBuffer>>()
  const add = (path: string, bytes: Uint8Array<ArrayBuffer>) => {
    // Leave out encoder/ and decoder/ of a run directory: the TF.js models that the ONNX files were converted from.
    if (!/(en|de)coder\/[^/]*$/.test(path)) found.set(path.split('/').at(-1) as string, bytes)
  }
  for (const file of files) {
    const bytes = new Uint8Array(await file.arrayBuffer())
    if (!file.name.toLowerCase().endsWith('.zip')) add(file.name, bytes)
    else {
      for (const [path, content] of Object.entries(open(file.name, bytes)))
        add(path, content as Uint8Array<ArrayBuffer>)
    }
  }
  return found
}

function open(name: string, bytes: Uint8Array): Record<string, Uint8Array> {
  try {
    return unzipSync(bytes)
  } catch {
    throw new Error(`${name} is damaged or is not a zip file. Choose a zip from “Download zip”.`)
  }
}

function listNames(files: readonly File[]): string {
  const names = files.slice(0, 3).map(({ name }) => name)
  return files.length > 3 ? `${names.join(', ')} and ${files.length - 3} more` : names.join(', ')
}
