import { z } from 'zod'
import { parse, refuse } from './refusal.ts'
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

const Manifest = z.array(z.object({ paths: z.array(z.string().min(1)), weights: z.array(WeightEntry) }))
const ModelJson = z.object({ modelTopology: z.unknown(), weightsManifest: z.unknown() })

/**
 * Reads a LayersModel: model.json and the weight files beside it, each gzipped or not.
 *
 * @throws ConversionError when a file is missing, short or not what it should be
 */
export async function readLayersModel(source: LayersModelSource): Promise<LayersModel> {
  if (typeof source === 'string' || source instanceof URL) return readFiles(locate(source))
  if ('files' in source) return readFiles(memory(source))
  return fromArtifacts(source)
}

function memory({ files }: Files): Location {
  return {
    model: 'model.json',
    read: async name =>
      files[name] ?? refuse(`${name}: not among the files given (${Object.keys(files).join(', ')})`),
  }
}

async function readFiles(location: Location): Promise<LayersModel> {
  const json = readJson(await location.read(location.model), location.model)
  const { modelTopology, weightsManifest } = parse(ModelJson, json, location.model)
  if (modelTopology == null) refuse(missingTopology(location.model))
  const network = readTopology(modelTopology)
  const weights = new Map<string, Weight>()
  for (const [i, group] of parse(
    Manifest,
    weightsManifest ?? [],
    `${location.model}: weightsManifest`,
  ).entries()) {
    const expected = group.weights.reduce((sum, entry) => sum + byteLength(entry), 0)
    const data = await readGroup(location, group.paths, expected)
    for (const [name, weight] of decodeWeights(group.weights, data, `weightsManifest group ${i + 1}`)) {
      if (weights.has(name)) refuse(`${location.model}: weight "${name}" is in two groups of the manifest`)
      weights.set(name, weight)
    }
  }
  return { network, weights }
}

function missingTopology(where: string): string {
  return (
    `${where}: expected a layers-model with "modelTopology", as tf.LayersModel.save or tensorflowjs_converter write ` +
    'it, got a JSON file without it'
  )
}

async function readGroup(
  location: Location,
  paths: readonly string[],
  expected: number,
): Promise<Uint8Array> {
  const shards: Uint8Array[] = []
  for (const path of paths) shards.push(inflate(await location.read(path), path, expected))
  const actual = shards.reduce((sum, shard) => sum + shard.length, 0)
  if (actual !== expected) {
    const sizes = shards.map((shard, i) => `${paths[i]} has ${shard.length}`).join(', ')
    refuse(`weights: expected ${expected} bytes by the manifest, got ${actual} (${sizes || 'no files'})`)
  }
  return join(shards)
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let offset = 0
  for (const part of parts) {
    joined.set(part, offset)
    offset += part.length
  }
  return joined
}

function fromArtifacts({ modelTopology, weightSpecs, weightData }: Artifacts): LayersModel {
  if (modelTopology == null) refuse(missingTopology('artifacts'))
  const parts = weightData === undefined ? [] : Array.isArray(weightData) ? weightData : [weightData]
  const data = join(parts.map(part => new Uint8Array(part)))
  return {
    network: readTopology(modelTopology),
    weights: decodeWeights(weightSpecs ?? [], data, 'weightSpecs'),
  }
}
