import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { readModelFolder } from '../../export/registry/read-folder.ts'
import { decoderLayers, encoderLayers } from '../../models/architecture.ts'
import type { Architecture } from '../../models/card.ts'
import { readMlp } from '../../models/onnx/read-mlp.ts'
import type { Parameters } from '../step/parameters.ts'

/** Initial weights, and the model they come from. */
export interface WarmStart {
  /** `id@version` */
  model: string
  parameters: Parameters
}

/**
 * Reads the weights of an exported model in their stored precision. The folder has card.json, encoder.onnx and
 * decoder.onnx, whose hashes are checked.
 *
 * @throws Error when the model has another architecture than the one to be trained
 */
export async function readWarmStart(folder: string, architecture: Architecture): Promise<WarmStart> {
  const { card } = await readModelFolder(folder)
  const differing = architectureDifferences(card.architecture, architecture)
  if (differing.length > 0) {
    throw new Error(
      `--warm-start ${folder}: expected a model with the architecture to be trained, got one with differences:\n  ${differing.join('\n  ')}`,
    )
  }
  const parameters: Parameters = {}
  for (const [part, layers] of [
    ['encoder', encoderLayers(architecture)],
    ['decoder', decoderLayers(architecture)],
  ] as const) {
    const network = readMlp(new Uint8Array(await readFile(join(folder, `${part}.onnx`))))
    if (network.layers.length !== layers.length) {
      throw new Error(
        `${folder}: expected ${layers.length} layers in ${part}.onnx, got ${network.layers.length}`,
      )
    }
    for (const [i, { name }] of layers.entries()) {
      // The heads of the encoder are found by the names of their outputs, the other layers by their order.
      const head = network.outputs.find(output => output.name === name)
      const { weights, bias } = network.layers[head ? head.value - 1 : i]
      parameters[`${name}/kernel`] = weights
      parameters[`${name}/bias`] = bias
    }
  }
  return { model: `${card.id}@${card.version}`, parameters }
}

/** The fields in which a model's architecture differs from the one to be trained, a line each. */
function architectureDifferences(got: Architecture, expected: Architecture): string[] {
  const fields = [...new Set([...Object.keys(expected), ...Object.keys(got)])] as (keyof Architecture)[]
  return fields
    .filter(field => !isDeepStrictEqual(got[field], expected[field]))
    .map(field => `${field}: expected ${expected[field] ?? 'none'}, got ${got[field] ?? 'none'}`)
}
