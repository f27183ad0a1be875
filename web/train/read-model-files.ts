import { unzipSync } from 'fflate'
import { findFault, parseCard } from '../../models/registry/version.ts'
import type { MadeModel } from './make-model.ts'

/**
 * Reads a model from a zip as `zipModel` writes it, or from the files of a model's folder.
 *
 * @throws Error in words for people when a file is missing or is not the one its card describes
 */
export async function readModelFiles(files: readonly File[]): Promise<Pick<MadeModel, 'card' | 'files'>> {
  const found = new Map<string, Uint8Array<ArrayBuffer>>()
  for (const file of files) {
    const bytes = new Uint8Array(await file.arrayBuffer())
    if (!file.name.endsWith('.zip')) found.set(file.name, bytes)
    else {
      for (const [path, content] of Object.entries(unzipSync(bytes))) {
        if (!path.includes('tfjs/'))
          found.set(path.split('/').at(-1) ?? path, content as Uint8Array<ArrayBuffer>)
      }
    }
  }
  const need = (name: string) => {
    const bytes = found.get(name)
    if (!bytes)
      throw new Error(
        `${name} is missing: a model is encoder.onnx, decoder.onnx, latents.safetensors and card.json, or a zip of them.`,
      )
    return bytes
  }
  const card = parseCard(need('card.json'), 'card.json')
  const model = {
    'encoder.onnx': need('encoder.onnx'),
    'decoder.onnx': need('decoder.onnx'),
    'latents.safetensors': need('latents.safetensors'),
    'card.json': need('card.json'),
  }
  for (const name of ['encoder.onnx', 'decoder.onnx', 'latents.safetensors'] as const) {
    const fault = await findFault(card, name, model[name])
    if (fault) throw new Error(`${name} is not the file that card.json describes: ${fault}.`)
  }
  return { card, files: model }
}
