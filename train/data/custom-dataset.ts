import { readdir, readFile, stat } from 'node:fs/promises'
import { basename, join, parse, resolve } from 'node:path'
import type { Images } from '../step/images.ts'
import type { Dataset, Undivided } from './dataset.ts'
import { inflate } from './files.ts'
import { decodeIdx } from './idx.ts'
import { readGrey } from './png.ts'

const natural = new Intl.Collator('en', { numeric: true })

/** One part of a data set as read, before the parts' sizes are compared. */
interface Part {
  height: number
  width: number
  images: Images
  classes: string[]
}

/**
 * Loads a user's own idx files, raw or gzipped.
 *
 * @param where `IMAGES`, `IMAGES,LABELS`, or a folder of train-images-idx3-ubyte, train-labels-idx1-ubyte,
 *   t10k-images-idx3-ubyte and t10k-labels-idx1-ubyte (with or without .gz; the two of labels may be missing)
 * @returns divided as the folder's files are, undivided for a single file
 */
export async function loadIdx(where: string): Promise<Dataset | Undivided> {
  const [images, labels, ...more] = where.split(',')
  if (more.length > 0) throw new Error(`idx: expected IMAGES or IMAGES,LABELS, got ${where}`)
  if (!(await isFolder(images))) {
    const { images: all, ...common } = await idxPart(images, labels)
    return { name: slug(images), ...common, all }
  }
  const part = (split: string) =>
    idxPart(join(images, `${split}-images-idx3-ubyte`), join(images, `${split}-labels-idx1-ubyte`), true)
  return joined(slug(images), await part('train'), await part('t10k'))
}

/**
 * Loads a folder of equally sized PNGs. With subfolders each is a class; subfolders `train` and `test` are a split, in
 * each of which subfolders may again be classes.
 *
 * @returns divided where the folder is, else undivided
 */
export async function loadPngs(folder: string): Promise<Dataset | Undivided> {
  if (!(await isFolder(folder))) throw new Error(`png: expected a folder, got ${folder}`)
  const { folders } = await list(folder)
  if (folders.length === 2 && folders.includes('train') && folders.includes('test')) {
    return joined(slug(folder), await pngPart(join(folder, 'train')), await pngPart(join(folder, 'test')))
  }
  const { images: all, ...common } = await pngPart(folder)
  return { name: slug(folder), ...common, all }
}

async function idxPart(imageFile: string, labelFile?: string, optional = false): Promise<Part> {
  const [path, bytes] = await readIdx(imageFile)
  const { dims, data } = decodeIdx(bytes, path, 3)
  const [count, height, width] = dims
  if (data.length === 0) throw new Error(`${path}: expected images, got ${dims.join(' × ')} pixels`)
  const labels = labelFile ? await labelsOf(labelFile, count, optional) : null
  const classes = labels ? labels.reduce((max, label) => Math.max(max, label), 0) + 1 : 0
  return {
    height,
    width,
    images: { count, pixels: data, labels },
    classes: Array.from({ length: classes }, (_, k) => String(k)),
  }
}

async function labelsOf(file: string, count: number, optional: boolean): Promise<Uint8Array | null> {
  if (optional && !(await exists(file)) && !(await exists(`${file}.gz`))) return null
  const [path, bytes] = await readIdx(file)
  const { data } = decodeIdx(bytes, path, 1)
  if (data.length !== count) {
    throw new Error(`${path}: expected ${count} labels, one an image, got ${data.length}`)
  }
  return data
}

async function readIdx(file: string): Promise<[path: string, bytes: Uint8Array]> {
  const path = (await exists(file)) ? file : `${file}.gz`
  if (!(await exists(path))) throw new Error(`expected an idx file ${file} or ${file}.gz, found neither`)
  return [path, await inflate(await readFile(path), path)]
}

async function pngPart(folder: string): Promise<Part> {
  const { folders, pngs } = await list(folder)
  if (folders.length > 0 && pngs.length > 0) {
    throw new Error(
      `${folder}: expected either PNGs or one subfolder a class, got ${pngs.length} PNGs beside ${folders.join(', ')}`,
    )
  }
  if (folders.length > 256) throw new Error(`${folder}: expected at most 256 classes, got ${folders.length}`)
  const files: [path: string, label: number][] = pngs.map(png => [join(folder, png), 0])
  for (const [label, name] of folders.entries()) {
    const inside = (await list(join(folder, name))).pngs
    if (inside.length === 0) throw new Error(`${join(folder, name)}: expected PNGs, found none`)
    files.push(...inside.map((png): [string, number] => [join(folder, name, png), label]))
  }
  if (files.length === 0) throw new Error(`${folder}: expected PNGs, found none`)
  const labels = folders.length > 0 ? Uint8Array.from(files, ([, label]) => label) : null
  const { height, width, pixels } = await readPngs(files.map(([path]) => path))
  return { height, width, classes: folders, images: { count: files.length, pixels, labels } }
}

async function readPngs(paths: string[]): Promise<{ height: number; width: number; pixels: Uint8Array }> {
  const { height, width } = readGrey(await readFile(paths[0]), paths[0])
  const pixels = new Uint8Array(paths.length * height * width)
  for (const [i, path] of paths.entries()) {
    const image = readGrey(await readFile(path), path)
    if (image.height !== height || image.width !== width) {
      throw new Error(
        `${path}: expected ${width} × ${height} pixels as in ${paths[0]}, got ${image.width} × ${image.height}`,
      )
    }
    pixels.set(image.luma, i * height * width)
  }
  return { height, width, pixels }
}

async function list(folder: string): Promise<{ folders: string[]; pngs: string[] }> {
  const entries = (await readdir(folder, { withFileTypes: true })).filter(e => !e.name.startsWith('.'))
  const names = (wanted: (e: (typeof entries)[number]) => boolean) =>
    entries
      .filter(wanted)
      .map(e => e.name)
      .sort(natural.compare)
  return {
    folders: names(e => e.isDirectory()),
    pngs: names(e => !e.isDirectory() && /\.png$/i.test(e.name)),
  }
}

/** Two parts as one data set, if they have the same image size and the same classes. */
function joined(name: string, train: Part, test: Part): Dataset {
  const size = (part: Part) => `${part.width} × ${part.height} pixels`
  if (size(train) !== size(test)) {
    throw new Error(`${name}: expected test images of ${size(train)} as in training, got ${size(test)}`)
  }
  const labelled = (part: Part) => (part.images.labels ? 'labels' : 'no labels')
  const unknown = test.classes.filter(c => !train.classes.includes(c))
  if (labelled(train) !== labelled(test) || unknown.length > 0) {
    throw new Error(
      `${name}: expected test images with the classes of the training images ` +
        `(${train.classes.join(', ') || 'none'}), got ${test.classes.join(', ') || 'none'}`,
    )
  }
  const { height, width, classes } = train
  const index = Uint8Array.from(test.classes, c => classes.indexOf(c))
  const labels = test.images.labels?.map(label => index[label]) ?? null
  return { name, height, width, classes, train: train.images, test: { ...test.images, labels } }
}

/** A name fit for ids from a path: its last part in lower case, other characters as hyphens. */
function slug(path: string): string {
  const last = basename(resolve(path)).replace(/\.gz$/, '')
  const plain = parse(last)
    .name.toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
  return plain.replace(/^-+|-+$/g, '') || 'images'
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    s => s.isDirectory(),
    () => false,
  )
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}
