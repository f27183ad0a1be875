import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { decodeIdx } from '../idx.ts'
import { inflate } from '../inflate.ts'
import { type Part, partOf, type Source } from './source.ts'

/** The names of files of images: `train-images-idx3-ubyte.gz`, `t10k-images.idx3-ubyte`, `emnist-letters-test-images-idx3-ubyte`. */
const IMAGES = /^(?:(.*)[-_.])?images[-_.]idx3-ubyte(\.gz)?$/i

/**
 * Reads idx files, raw or gzipped. Labels are named by their numbers, which may begin at any and have gaps; in a folder
 * with EMNIST's `…-mapping.txt`, by the characters that it gives them.
 *
 * @param where `IMAGES`, `IMAGES,LABELS`, or a folder of files named as MNIST's or EMNIST's: with the part (train, t10k,
 *   test, val) before `-images-idx3-ubyte`, and labels, which may be missing, in `-labels-idx1-ubyte`
 */
export async function readIdxFiles(where: string): Promise<Omit<Source, 'name'>> {
  const [images, labels, ...more] = where.split(',')
  if (more.length > 0) throw new Error(`idx: expected IMAGES or IMAGES,LABELS, got ${where}`)
  if (!(await isFolder(images))) return readPart(images, labels, null, undefined)
  const files = await readdir(images)
  const found = files.filter(file => IMAGES.test(file)).sort()
  if (found.length === 0) {
    throw new Error(`${images}: expected idx files such as train-images-idx3-ubyte.gz, found none`)
  }
  const names = await readMapping(images, files)
  const parts: Omit<Source, 'name'>[] = []
  for (const file of found) {
    const labelFile = files.find(other => other.replace(/\.gz$/i, '') === labelsOf(file))
    const part = found.length === 1 ? null : requirePart(images, file)
    parts.push(await readPart(join(images, file), labelFile && join(images, labelFile), part, names))
  }
  const [first] = parts
  for (const part of parts) {
    if (part.width !== first.width || part.height !== first.height) {
      throw new Error(
        `${images}: expected images of one size in all files, got ${first.width} × ${first.height} and ${part.width} × ${part.height} pixels`,
      )
    }
  }
  return { ...first, images: parts.flatMap(part => part.images) }
}

/** The name, without .gz, of the labels that belong to a file of images. */
function labelsOf(file: string): string {
  return file.replace(/\.gz$/i, '').replace(/images([-_.])idx3/i, 'labels$1idx1')
}

/** The part that a file's name states: the last word before `images`. */
function requirePart(folder: string, file: string): Part {
  const before = IMAGES.exec(file)?.[1] ?? ''
  const part = partOf(before.split(/[-_.]/).at(-1) ?? '')
  if (part) return part
  throw new Error(
    `${folder}: expected train, val, test or t10k before "images" in the names of several idx files, got ${file}; name one with idx:IMAGES,LABELS`,
  )
}

/** The names of labels in EMNIST's mapping: a line a label, with the label, then the ASCII codes of its characters. */
async function readMapping(
  folder: string,
  files: readonly string[],
): Promise<Map<number, string> | undefined> {
  const file = files.find(name => /mapping\.txt$/i.test(name))
  if (!file) return undefined
  const lines = (await readFile(join(folder, file), 'utf8')).trim().split(/\r?\n/)
  const names = new Map<number, string>()
  for (const line of lines) {
    const [label, ...codes] = line.trim().split(/\s+/).map(Number)
    if (codes.length === 0 || ![label, ...codes].every(value => Number.isInteger(value) && value >= 0)) {
      throw new Error(`${join(folder, file)}: expected a label and ASCII codes in each line, got "${line}"`)
    }
    names.set(label, codes.map(code => String.fromCodePoint(code)).join(''))
  }
  return names
}

async function readPart(
  imageFile: string,
  labelFile: string | undefined,
  part: Part | null,
  names: Map<number, string> | undefined,
): Promise<Omit<Source, 'name'>> {
  const [path, bytes] = await readIdx(imageFile)
  const { dims, data } = decodeIdx(bytes, path, 3)
  const [count, height, width] = dims
  if (data.length === 0) throw new Error(`${path}: expected images, got ${dims.join(' × ')} pixels`)
  const labels = labelFile ? await readLabels(labelFile, count) : null
  const size = height * width
  const images = Array.from({ length: count }, (_, i) => ({
    pixels: data.subarray(i * size, (i + 1) * size),
    label: labels ? (names?.get(labels[i]) ?? String(labels[i])) : null,
    part,
  }))
  return { height, width, images, skipped: [] }
}

async function readLabels(file: string, count: number): Promise<Uint8Array> {
  const [path, bytes] = await readIdx(file)
  const { data } = decodeIdx(bytes, path, 1)
  if (data.length === count) return data
  throw new Error(`${path}: expected ${count} labels, one per image, got ${data.length}`)
}

async function readIdx(file: string): Promise<[path: string, bytes: Uint8Array]> {
  const path = (await exists(file)) ? file : `${file}.gz`
  if (!(await exists(path))) throw new Error(`expected an idx file ${file} or ${file}.gz, found neither`)
  return [path, await inflate(await readFile(path), path)]
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    state => state.isDirectory(),
    () => false,
  )
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
