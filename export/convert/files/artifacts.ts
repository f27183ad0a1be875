import { z } from 'zod'
import { fail, parse } from '../graph/conversion-error.ts'
import { type Location, memoryLocation, webLocation } from './location.ts'
import { inflate, readJson } from './unpack.ts'
import { byteLength, WeightEntry } from './weights.ts'

/** The part of `tf.io.ModelArtifacts`, which TF.js passes to a save handler, that the conversion reads. */
export interface Artifacts {
  modelTopology?: unknown
  weightSpecs?: readonly unknown[]
  weightData?: ArrayBuffer | Uint8Array | readonly ArrayBuffer[]
  /** A graph-model's names of inputs and outputs. */
  signature?: unknown
  userDefinedMetadata?: unknown
}

/** A model's files in memory, by the names that model.json gives them. */
export interface Files {
  files: Readonly<Record<string, Uint8Array>>
}

/** The source of a model: a path or URL of model.json or of its folder, or the model in memory. */
export type ModelSource = Location | URL | Artifacts | Files

/** A model's files, read but not interpreted. */
export interface ModelFiles {
  modelTopology: unknown
  weightSpecs: readonly unknown[]
  /** The bytes of all weights in the order of `weightSpecs`; a weight may lie in two parts. */
  weightData: readonly Uint8Array<ArrayBuffer>[]
  signature?: unknown
  userDefinedMetadata?: unknown
}

const Manifest = z.array(z.object({ paths: z.array(z.string().min(1)), weights: z.array(WeightEntry) }))
const ModelJson = z.object({
  modelTopology: z.unknown().optional(),
  weightsManifest: z.unknown().optional(),
  signature: z.unknown().optional(),
  userDefinedMetadata: z.unknown().optional(),
})

/**
 * Reads model.json and the weight files it names, each gzipped or not.
 *
 * @throws ConversionError when a file is missing, has the wrong size or is not what it should be
 */
export async function readModelFiles(source: ModelSource): Promise<ModelFiles> {
  if (source instanceof URL) return readFiles(webLocation(source))
  if ('files' in source) return readFiles(memoryLocation(source.files))
  if ('read' in source) return readFiles(source)
  const { modelTopology, weightSpecs = [], weightData = [], signature, userDefinedMetadata } = source
  if (modelTopology == null) fail(missingTopology('artifacts'))
  const parts = (Array.isArray(weightData) ? weightData : [weightData]).map(part =>
    part instanceof Uint8Array ? (part as Uint8Array<ArrayBuffer>) : new Uint8Array(part),
  )
  return { modelTopology, weightSpecs, weightData: parts, signature, userDefinedMetadata }
}

/** Whether a topology is a graph-model's, a frozen TensorFlow graph; the other format is the layers-model. */
export function isGraphModel(topology: unknown): boolean {
  return (
    typeof topology === 'object' && topology !== null && Array.isArray((topology as { node?: unknown }).node)
  )
}

async function readFiles(location: Location): Promise<ModelFiles> {
  const json = await readJson(await location.read(location.model), location.model)
  const { modelTopology, weightsManifest, ...rest } = parse(ModelJson, json, location.model)
  if (modelTopology == null) fail(missingTopology(location.model))
  const groups = parse(Manifest, weightsManifest ?? [], `${location.model}: weightsManifest`)
  const weightData: Uint8Array<ArrayBuffer>[] = []
  for (const { paths, weights } of groups) {
    const sizes = weights.map(byteLength)
    const expected = sizes.includes(undefined)
      ? undefined
      : sizes.reduce((sum: number, size) => sum + size!, 0)
    weightData.push(...(await readGroup(location, paths, expected)))
  }
  return { modelTopology, weightSpecs: groups.flatMap(group => group.weights), weightData, ...rest }
}

function missingTopology(where: string): string {
  return (
    `${where}: expected a model with "modelTopology", as tf.LayersModel.save or tensorflowjs_converter write it, ` +
    'got none'
  )
}

/** Limit in bytes for a gzipped shard whose size the manifest does not state. */
const LARGEST_SHARD = 2 ** 31 - 1
/** Bytes above which the stated size of a group is taken for an error, and no memory is allocated in advance. */
const LARGEST_GROUP = 2 ** 32

/** Reads the shards of one group of weights; `expected` is undefined if the manifest does not state their size. */
async function readGroup(
  location: Location,
  paths: readonly string[],
  expected: number | undefined,
): Promise<Uint8Array<ArrayBuffer>[]> {
  const shardOf = async (path: string) => inflate(await location.read(path), path, expected ?? LARGEST_SHARD)
  if (expected === undefined) return Promise.all(paths.map(shardOf))
  // All shards in one array, so that a weight that lies in two of them need not be copied.
  let whole = new Uint8Array(paths.length > 1 && expected <= LARGEST_GROUP ? expected : 0)
  const sizes: number[] = []
  let actual = 0
  for (const path of paths) {
    const shard = await shardOf(path)
    if (paths.length === 1) whole = shard
    else if (actual + shard.length <= whole.length) whole.set(shard, actual)
    sizes.push(shard.length)
    actual += shard.length
  }
  if (actual === expected) return [whole]
  const listed = sizes.map((size, i) => `${paths[i]} has ${size}`).join(', ')
  return fail(`weights: expected ${expected} bytes by the manifest, got ${actual} (${listed || 'no files'})`)
}
