import { z } from 'zod'
import { parse, refuse } from '../graph/conversion-error.ts'
import { inflate, type Location, locate, readJson } from './source.ts'
import { type Network, readTopology } from './topology.ts'
import { byteLength, decodeWeights, type Weight, WeightEntry } from './weights.ts'

/** A TF.js LayersModel: its layers and, by name, its weights. */
export interface LayersModel {
  network: Network
  weights: ReadonlyMap<string, Weight>
}

/** What TF.js hands a save handler (`tf.io.ModelArtifacts`), as far as it is read here. */
export interface Artifacts {
  modelTopology?: unknown
  weightSpecs?: readonly unknown[]
  weightData?: ArrayBuffer | Uint8Array | readonly ArrayBuffer[]
}

/** A model's files in memory, by the names model.json gives them. */
export interface Files {
  files: Readonly<Record<string, Uint8Array>>
}

/** A path of model.json or its folder, a URL of model.json, or the model in memory. */
export type LayersModelSource = string | URL | Artifacts | Files

/** A model as `tf.io.fromMemory` takes it: topology, and weights as their entries and the bytes of all of them. */
export interface WholeArtifacts {
  modelTopology: unknown
  weightSpecs: readonly unknown[]
  weightData: Uint8Array<ArrayBuffer>
}

const Manifest = z.array(z.object({ paths: z.array(z.string().min(1)), weights: z.array(WeightEntry) }))
const ModelJson = z.object({ modelTopology: z.unknown().optional(), weightsManifest: z.unknown().optional() })

/**
 * Reads a LayersModel: model.json and the weight files it names, each gzipped or not.
 *
 * @throws ConversionError when a file is missing, short or not what it should be
 */
export async function readLayersModel(source: LayersModelSource): Promise<LayersModel> {
  const { modelTopology, weightSpecs, weightData } = await readArtifacts(source)
  return {
    network: readTopology(modelTopology),
    weights: decodeWeights(weightSpecs, weightData, 'weights'),
  }
}

/**
 * Reads a model's files without looking into its layers.
 *
 * @throws ConversionError when a file is missing, short or not what it should be
 */
export async function readArtifacts(source: LayersModelSource): Promise<WholeArtifacts> {
  if (typeof source === 'string' || source instanceof URL) return readFiles(locate(source))
  if ('files' in source) return readFiles(memory(source))
  const { modelTopology, weightSpecs = [], weightData = [] } = source
  if (modelTopology == null) refuse(missingTopology('artifacts'))
  const parts = Array.isArray(weightData) ? weightData : [weightData]
  return { modelTopology, weightSpecs, weightData: join(parts.map(part => new Uint8Array(part))) }
}

function memory({ files }: Files): Location {
  return {
    model: 'model.json',
    read: async name =>
      files[name] ??
      files[name.replace(/^\.\//, '')] ??
      refuse(`${name}: not among the files given (${Object.keys(files).join(', ')})`),
  }
}

async function readFiles(location: Location): Promise<WholeArtifacts> {
  const json = readJson(await location.read(location.model), location.model)
  const { modelTopology, weightsManifest } = parse(ModelJson, json, location.model)
  if (modelTopology == null) refuse(missingTopology(location.model))
  const groups = parse(Manifest, weightsManifest ?? [], `${location.model}: weightsManifest`)
  const data: Uint8Array[] = []
  for (const { paths, weights } of groups) {
    const expected = weights.reduce((sum, entry) => sum + byteLength(entry), 0)
    data.push(...(await readGroup(location, paths, expected)))
  }
  return { modelTopology, weightSpecs: groups.flatMap(group => group.weights), weightData: join(data) }
}

function missingTopology(where: string): string {
  return (
    `${where}: expected a layers-model with "modelTopology", as tf.LayersModel.save or tensorflowjs_converter write ` +
    'it, got none'
  )
}

/** The shards of one group of weights; a weight may lie across their borders. */
async function readGroup(
  location: Location,
  paths: readonly string[],
  expected: number,
): Promise<Uint8Array[]> {
  const shards: Uint8Array[] = []
  for (const path of paths) shards.push(inflate(await location.read(path), path, expected))
  const actual = shards.reduce((sum, shard) => sum + shard.length, 0)
  if (actual === expected) return shards
  const sizes = shards.map((shard, i) => `${paths[i]} has ${shard.length}`).join(', ')
  return refuse(`weights: expected ${expected} bytes by the manifest, got ${actual} (${sizes || 'no files'})`)
}

function join(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let offset = 0
  for (const part of parts) {
    joined.set(part, offset)
    offset += part.length
  }
  return joined
}
