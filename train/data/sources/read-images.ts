import { readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { toBytes } from '../../../models/images/grey.ts'
import { importImage } from '../../../models/images/import-image.ts'
import type { ImportOptions } from '../../step/configuration.ts'
import type { Skipped } from '../dataset.ts'
import { requireMemory } from '../memory.ts'
import { decodeImage } from './decode-image.ts'
import { imageImport } from './image-import.ts'
import { type ImageFile, listImages } from './image-tree.ts'
import type { Source, SourceImage } from './source.ts'

/** Called with the number of image files that have been read, and of all. */
export type OnRead = (done: number, all: number) => void

/** Reads a folder of images. @throws Error when there are none, or they differ in size and no size was asked for */
export async function readFolder(folder: string, options: ImportOptions, onRead?: OnRead) {
  const { files, skipped } = await listImages(folder, options.labels)
  return readImageFiles(files, skipped, options, folder, onRead)
}

/** Reads image files; those that are no images are skipped and noted. */
export async function readImageFiles(
  files: readonly ImageFile[],
  skipped: Skipped[],
  options: ImportOptions,
  place: string,
  onRead: OnRead = () => {},
): Promise<Omit<Source, 'name'>> {
  const images: SourceImage[] = []
  const sizes = new Map<string, number>()
  let size: { width: number; height: number } | undefined
  const atOnce = availableParallelism() * 2
  for (let from = 0; from < files.length; from += atOnce) {
    const batch = files.slice(from, from + atOnce)
    const read = await Promise.all(batch.map(file => readOne(file, options)))
    for (const [i, { path, label, part }] of batch.entries()) {
      const one = read[i]
      if (one.reason !== undefined) {
        skipped.push({ path, label, reason: one.reason })
        continue
      }
      const { width, height, pixels } = one
      const name = `${width}x${height}`
      sizes.set(name, (sizes.get(name) ?? 0) + 1)
      if (!size) requireMemory(files.length * width * height, `${files.length} images of ${name}`)
      size ??= { width, height }
      // Images of several sizes are refused at the end. Then none is kept: memory was checked for the first size only.
      if (sizes.size === 1) images.push({ pixels, label, part })
      else images.length = 0
    }
    onRead(Math.min(files.length, from + atOnce), files.length)
  }
  if (!size) {
    const [{ path, reason }] = skipped
    throw new Error(`${place}: none of ${files.length} files could be read; ${path}: ${reason}`)
  }
  if (sizes.size > 1) throw new Error(`${place}: ${describeSizes(sizes)}`)
  return { ...size, images, skipped, arePictures: true }
}

/** The operating system's error codes in words. */
const FAILURES: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EISDIR: 'it is a folder',
  EACCES: 'a file that may not be read',
  EPERM: 'a file that may not be read',
}

async function readOne(
  file: ImageFile,
  options: ImportOptions,
): Promise<{ width: number; height: number; pixels: Uint8Array; reason?: undefined } | { reason: string }> {
  try {
    const image = await decodeImage(await readFile(file.path), options.background ?? 'black')
    const { width, height, pixels } = importImage(image, options.size, imageImport(options))
    return { width, height, pixels: toBytes(pixels) }
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException
    return { reason: FAILURES[code] ?? message }
  }
}

function describeSizes(sizes: Map<string, number>): string {
  const most = [...sizes].sort((a, b) => b[1] - a[1])
  const shown = most.slice(0, 4).map(([size, count]) => `${count} of ${size}`)
  if (most.length > 4) shown.push(`${most.length - 4} further sizes`)
  return (
    `expected images of one size, got ${shown.join(', ')}. ` +
    `Give the size to train on with --size, such as --size ${most[0][0]} --fit contain`
  )
}
