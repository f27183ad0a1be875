import type { Artifacts, Files, ModelSource } from '../../convert/files/artifacts.ts'
import { fail } from '../../convert/graph/conversion-error.ts'
import { convertModel as convertSource } from '../../convert/to-onnx/convert-model.ts'
import type { Converted, ConvertOptions } from '../../convert/to-onnx/convert-options.ts'

/** A `tf.LayersModel` or `tf.GraphModel`: what its `save` passes to a handler is converted. */
export interface LoadedModel {
  save(handler: { save(artifacts: unknown): Promise<never> }): Promise<unknown>
}

/** model.json and its weight files, as an `<input type="file" multiple>` or a drop gives them. */
export type FileCollection = Iterable<{ name: string; arrayBuffer(): Promise<ArrayBuffer> }>

/** Whatever a model comes as. */
export type AnyModel = string | ModelSource | LoadedModel | FileCollection

/**
 * Converts a TF.js model into ONNX. The same model and options give the same bytes.
 *
 * @param model a URL of model.json or of its folder (in Node also a path); files in memory by their names; files that a
 *   reader chose; the artifacts that TF.js passes to a save handler; or a loaded model
 * @throws ConversionError when the model cannot be read, or a part of it cannot be converted exactly
 */
export async function convertModel(model: AnyModel, options: ConvertOptions = {}): Promise<Converted> {
  return convertSource(await toSource(model), options)
}

async function toSource(model: AnyModel): Promise<ModelSource> {
  if (typeof model === 'string') {
    const { location } = globalThis as { location?: { href: string } }
    return URL.canParse(model, location?.href)
      ? new URL(model, location?.href)
      : fail(`${model}: expected a URL`)
  }
  if (model instanceof URL) return model
  if (Symbol.iterator in model) return readFiles(model as FileCollection)
  if ('save' in model && typeof model.save === 'function') return saveToMemory(model as LoadedModel)
  return model as Artifacts | Files
}

async function readFiles(files: FileCollection): Promise<Files> {
  const entries = await Promise.all(
    Array.from(files, async file => [file.name, new Uint8Array(await file.arrayBuffer())] as const),
  )
  return { files: Object.fromEntries(entries) }
}

async function saveToMemory(model: LoadedModel): Promise<Artifacts> {
  let saved: Artifacts = {}
  const result = { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } }
  await model.save({
    save: async artifacts => {
      saved = artifacts as Artifacts
      return result as never
    },
  })
  return saved
}

export type { Artifacts, Files, ModelSource } from '../../convert/files/artifacts.ts'
export { ConversionError } from '../../convert/graph/conversion-error.ts'
export type { Precision } from '../../convert/graph/precision.ts'
export type { CustomLayers } from '../../convert/layers-model/custom-layers.ts'
export type { Converted, ConvertOptions } from '../../convert/to-onnx/convert-options.ts'
