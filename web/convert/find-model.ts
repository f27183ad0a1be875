import { unzipSync } from 'fflate'
import type { Location } from '../../export/convert/files/location.ts'
import { otherFormat } from '../../export/convert/files/unpack.ts'
import { fail } from '../../export/convert/graph/conversion-error.ts'

/** A file's bytes, read when they are needed. */
export type Readable = () => Promise<Uint8Array>
/** A model's files by path. */
export type ModelFolder = ReadonlyMap<string, Readable>

const isZip = (path: string) => /\.zip$/i.test(path)
/** Bytes above which a JSON file cannot be a model.json and is not read. */
const LARGEST_JSON = 2 ** 28

/** The given files, each zip archive replaced by the files in it. */
export async function openFiles(files: ReadonlyMap<string, File>): Promise<ModelFolder> {
  const folder = new Map<string, Readable>()
  for (const [path, file] of files) {
    const bytes = async () => new Uint8Array(await file.arrayBuffer())
    if (!isZip(path)) folder.set(path, bytes)
    else for (const [inside, content] of unzip(await bytes(), path)) folder.set(inside, async () => content)
  }
  return folder
}

function unzip(bytes: Uint8Array, path: string): [string, Uint8Array][] {
  try {
    return Object.entries(unzipSync(bytes)).filter(
      ([name]) => !name.endsWith('/') && !name.startsWith('__MACOSX/'),
    )
  } catch (error) {
    return fail(`${path}: cannot be unpacked (${(error as Error).message})`)
  }
}

/**
 * Paths of the files that are a model.json: those of that name, or if there is none, every JSON file with a topology.
 *
 * @throws ConversionError that names the remedy where there is none
 */
export async function findModels(folder: ModelFolder): Promise<string[]> {
  const paths = [...folder.keys()]
  const named = paths.filter(path => /(^|\/)model\.json(\.gz)?$/i.test(path))
  if (named.length > 0) return named
  const texts = paths.filter(path => /\.json$/i.test(path))
  const found: string[] = []
  for (const path of texts) if (await hasTopology(folder.get(path)!)) found.push(path)
  return found.length > 0 ? found : refuse(folder, texts)
}

async function hasTopology(read: Readable): Promise<boolean> {
  const bytes = await read()
  return bytes.length <= LARGEST_JSON && new TextDecoder().decode(bytes).includes('"modelTopology"')
}

/** Formats of other tools, by the endings of their files, with what to do. */
const OTHER_TOOLS: readonly { ending: RegExp; what: string; remedy: string }[] = [
  {
    ending: /\.pb$/i,
    what: 'a TensorFlow SavedModel',
    remedy:
      '`tensorflowjs_converter --input_format=tf_saved_model SAVED_MODEL FOLDER`, or convert it with tf2onnx',
  },
  { ending: /\.onnx$/i, what: 'an ONNX file', remedy: 'it needs no conversion' },
  { ending: /\.tflite$/i, what: 'a TensorFlow Lite file', remedy: 'tf2onnx converts it' },
  {
    ending: /\.(pt|pth|safetensors)$/i,
    what: 'PyTorch weights',
    remedy: 'torch.onnx.export converts the model',
  },
]

async function refuse(folder: ModelFolder, texts: readonly string[]): Promise<never> {
  for (const [path, read] of folder) {
    const other = otherFormat(await read())
    if (other)
      fail(`${path}: expected a model.json, got ${other.what}; convert it first with ${other.remedy}`)
    const tool = OTHER_TOOLS.find(({ ending }) => ending.test(path))
    if (tool) fail(`${path}: expected a model.json, got ${tool.what}: ${tool.remedy}`)
  }
  if (texts.length > 0) {
    fail(
      `${texts[0]}: expected a model with "modelTopology", as tf.LayersModel.save or tensorflowjs_converter write it`,
    )
  }
  const names = [...folder.keys()]
  return fail(
    `model.json is not among the files (${names.slice(0, 4).join(', ')}${names.length > 4 ? ' …' : ''}): add it`,
  )
}

/**
 * Gives the converter access to a model.json and its weights in a folder. A shard is looked for beside model.json, then
 * by its name in the whole folder.
 *
 * @param onRead called with the path of each file that is about to be read
 */
export function folderLocation(folder: ModelFolder, model: string, onRead: (path: string) => void): Location {
  const beside = model.slice(0, model.lastIndexOf('/') + 1)
  return {
    model,
    async read(name) {
      const path = name === model ? name : shardPath(folder, beside, name)
      onRead(path)
      try {
        return await folder.get(path)!()
      } catch (error) {
        return fail(`${path}: cannot be read (${(error as Error).message})`)
      }
    },
  }
}

function shardPath(folder: ModelFolder, beside: string, name: string): string {
  const clean = name.replace(/^\.\//, '').split(/[?#]/)[0]
  if (folder.has(beside + clean)) return beside + clean
  const fileName = clean.slice(clean.lastIndexOf('/') + 1)
  const same = [...folder.keys()].filter(path => path.slice(path.lastIndexOf('/') + 1) === fileName)
  if (same.length === 1) return same[0]
  return same.length === 0
    ? fail(`${clean}: model.json names this file of weights, and it is not among the files given: add it`)
    : fail(
        `${clean}: several of the files given have this name (${same.join(', ')}); give one model at a time`,
      )
}
