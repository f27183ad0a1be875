import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { decodeIdx } from '../idx.ts'
import { inflate } from '../inflate.ts'
import type { Part, Source } from './source.ts'

/**
 * Reads idx files, raw or gzipped. Labels are named by their numbers; they may begin at any, and have gaps.
 *
 * @param where `IMAGES`, `IMAGES,LABELS`, or a folder of train-images-idx3-ubyte, train-labels-idx1-ubyte,
 *   t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte (with or without .gz; the two of labels may be missing)
 */
export async function readIdxFiles(where: string): Promise<Omit<Source, 'name'>> {
  const [images, labels, ...more] = where.split(',')
  if (more.length > 0) throw new Error(`idx: expected IMAGES or IMAGES,LABELS, got ${where}`)
  if (!(await isFolder(images))) return readPart(images, labels, null)
  const file = (split: string, kind: string) => join(images, `${split}-${kind}-ubyte`)
  const read = (split: string, part: Part) =>
    readPart(file(split, 'images-idx3'), file(split, 'labels-idx1'), part, true)
  const [train, test] = [await read('train', 'train'), await read('t10k', 'test')]
  const size = (part: typeof train) => `${part.width} × ${part.height} pixels`
  if (size(train) !== size(test)) {
    throw new Error(`${images}: expected test images of ${size(train)} as in training, got ${size(test)}`)
  }
  return { ...train, images: [...train.images, ...test.images] }
}

async function readPart(
  imageFile: string,
  labelFile: string | undefined,
  part: Part | null,
  labelsOptional = false,
): Promise<Omit<Source, 'name'>> {
  const [path, bytes] = await readIdx(imageFile)
  const { dims, data } = decodeIdx(bytes, path, 3)
  const [count, height, width] = dims
  if (data.length === 0) throw new Error(`${path}: expected images, got ${dims.join(' × ')} pixels`)
  const labels = labelFile ? await readLabels(labelFile, count, labelsOptional) : null
  const size = height * width
  const images = Array.from({ length: count }, (_, i) => ({
    pixels: data.subarray(i * size, (i + 1) * size),
    label: labels ? String(labels[i]) : null,
    part,
  }))
  return { height, width, images, skipped: [] }
}

async function readLabels(file: string, count: number, optional: boolean): Promise<Uint8Array | null> {
  if (optional && !(await exists(file)) && !(await exists(`${file}.gz`))) return null
  const [path, bytes] = await readIdx(file)
  const { data } = decodeIdx(bytes, path, 1)
  if (data.length === count) return data
  throw new Error(`${path}: expected ${count} labels, one an image, got ${data.length}`)
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
