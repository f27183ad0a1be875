import { readdir, stat } from 'node:fs/promises'
import { basename, dirname, parse, resolve } from 'node:path'
import type { ImageImport } from '../../models/image-import.ts'
import { toBytes, toIntensities } from '../../models/images/grey.ts'
import { importImage } from '../../models/images/import-image.ts'
import type { ImportOptions } from '../step/configuration.ts'
import { firstImages } from '../step/images.ts'
import type { Dataset } from './dataset.ts'
import { type Division, divideKnown, divideSource } from './divide.ts'
import { decodeIdx } from './idx.ts'
import { type KnownSet, known } from './known/known-datasets.ts'
import { findKnown } from './known/known-files.ts'
import { readArrays } from './sources/array-source.ts'
import { readCsv } from './sources/csv-source.ts'
import { readIdxFiles } from './sources/idx-source.ts'
import { imageImport } from './sources/image-import.ts'
import { type OnRead, readFolder } from './sources/read-images.ts'
import type { Source } from './sources/source.ts'

/** Options of `loadDataset`. */
export interface LoadOptions extends Pick<Division, 'split' | 'splitSeed'> {
  /** A folder that has the files of known data sets, searched before LATENT_EDGE_DATA's and the cache. */
  dataDir?: string
  /** Use only this many training images, the first ones. */
  images?: number
  /** How a user's own images are read. */
  import?: ImportOptions
  /** Called with the number of image files of a folder that have been read. */
  onRead?: OnRead
}

/** FreyFace: 1,565 faces to train on, 400 of the 1,965 to test. */
const FREY_TEST = 400

/** What `--data` takes, for help texts and errors. */
export const DATA_FORMS =
  'mnist, fashion-mnist, freyface, a folder of images, a .npz, .npy, .csv or idx file, or with its kind: ' +
  'images:FOLDER, idx:IMAGES[,LABELS], idx:FOLDER, npy:IMAGES[,LABELS], npz:FILE, csv:FILE'

/**
 * Loads a data set whole, into memory.
 *
 * @param name `mnist`, `fashion-mnist` or `freyface`, or the place of a user's own images: see `DATA_FORMS`. `png:` is
 *   an older name of `images:`
 * @throws Error when the name is unknown, or a file is missing, short or corrupt: it says which, what was expected,
 *   what was found and how to get the right file
 */
export async function loadDataset(name: string, options: LoadOptions = {}): Promise<Dataset> {
  const set = known.find(each => each.name === name)
  const whole = set ? await loadKnown(set, options) : await loadOwn(name, options)
  return options.images === undefined ? whole : firstTrainingImages(whole, options.images)
}

async function loadOwn(name: string, options: LoadOptions): Promise<Dataset> {
  const { kind, place } = await findSource(name)
  const importOptions = options.import ?? {}
  const read = await READERS[kind](place, importOptions, options.onRead)
  const shaped = read.arePictures ? read : importArrays(read, importOptions)
  const source = importOptions.labels === false ? withoutLabels(shaped) : shaped
  const named = { name: importOptions.name ?? nameFromPath(place.split(',')[0]), ...source }
  const { testFraction, polarity } = importOptions
  const dataset = divideSource(named, { ...options, testFraction })
  return { ...dataset, ...(polarity && { polarity }), import: importOfPictures(read, importOptions) }
}

type Kind = 'images' | 'idx' | 'npy' | 'csv'

const READERS: Record<
  Kind,
  (place: string, options: ImportOptions, onRead?: OnRead) => Promise<Omit<Source, 'name'>>
> = { images: readFolder, idx: readIdxFiles, npy: readArrays, csv: readCsv }

/** The kind of source that a name stands for, by its prefix or else by the file or folder at the path. */
async function findSource(name: string): Promise<{ kind: Kind; place: string }> {
  const [, prefix, place] = /^(png|images|idx|npy|npz|csv):(.+)$/.exec(name) ?? []
  if (prefix === 'png' || prefix === 'images') {
    if (!(await stat(place).catch(() => null))?.isDirectory()) {
      throw new Error(`${prefix}: expected a folder, got ${place}`)
    }
    return { kind: 'images', place }
  }
  if (prefix) return { kind: prefix === 'npz' ? 'npy' : (prefix as Kind), place }
  const [first] = name.split(',')
  const state = await stat(first).catch(() => null)
  if (state?.isDirectory()) return { kind: await kindOfFolder(name), place: name }
  if (state && /\.np[yz]$/i.test(first)) return { kind: 'npy', place: name }
  if (state && /\.(csv|tsv)(\.gz)?$/i.test(first)) return { kind: 'csv', place: name }
  if (state && /idx3-ubyte(\.gz)?$|\.idx(\.gz)?$/i.test(first)) return { kind: 'idx', place: name }
  throw new Error(`data set: expected ${DATA_FORMS}, got "${name}"`)
}

/** A folder of idx files, or else of images. */
async function kindOfFolder(folder: string): Promise<Kind> {
  const names = await readdir(folder)
  return names.some(name => /images[-_.]idx3-ubyte(\.gz)?$/i.test(name)) ? 'idx' : 'images'
}

function withoutLabels(source: Omit<Source, 'name'>): Omit<Source, 'name'> {
  return { ...source, images: source.images.map(image => ({ ...image, label: null })) }
}

/**
 * How a picture becomes an image of this data. Where the images come from an array file, a transposition only undoes how
 * that file stores them: a picture of the same thing is upright already.
 */
function importOfPictures({ arePictures }: Omit<Source, 'name'>, options: ImportOptions): ImageImport {
  const how = imageImport(options)
  return arePictures ? how : { ...how, transpose: false }
}

/** Applies the import options to images of an array file, which all have one size. */
function importArrays(source: Omit<Source, 'name'>, options: ImportOptions): Omit<Source, 'name'> {
  const { height, width } = source
  const isChanged = options.crop || options.invert || options.transpose
  if (!isChanged && (!options.size || isSize(options.size, source))) return source
  const how = imageImport(options)
  let size = { height, width }
  const images = source.images.map(image => {
    const pixels = toIntensities(image.pixels)
    const changed = importImage({ height, width, pixels }, options.size, how)
    size = { height: changed.height, width: changed.width }
    return { ...image, pixels: toBytes(changed.pixels) }
  })
  return { ...source, ...size, images }
}

function isSize(size: { width: number; height: number }, { width, height }: Omit<Source, 'name'>): boolean {
  return size.width === width && size.height === height
}

/** @throws Error when there are fewer */
function firstTrainingImages(dataset: Dataset, images: number): Dataset {
  const { name, train, validation } = dataset
  if (train.count < images) throw new Error(`${name}: expected ${images} training images, got ${train.count}`)
  return {
    ...dataset,
    train: firstImages(train, images),
    ...(validation && { validation: validation.filter(index => index < images) }),
    note: `the first ${images.toLocaleString('en')} training images${dataset.note ? ` of ${dataset.note}` : ''}`,
  }
}

async function loadKnown(set: KnownSet, options: LoadOptions): Promise<Dataset> {
  const parts = []
  for (const file of set.files) {
    const { path, bytes } = await findKnown(set, file, options.dataDir)
    parts.push(decodeIdx(bytes, path, file.file.includes('idx3') ? 3 : 1))
  }
  const [, height, width] = parts[0].dims
  const images = parts.map(({ dims, data }) => ({ count: dims[0], pixels: data }))
  const common = { name: set.name, height, width, classes: [...set.classes], polarity: set.polarity }
  if (parts.length === 1)
    return divideKnown({ ...common, all: { ...images[0], labels: null } }, FREY_TEST, options)
  return {
    ...common,
    train: { ...images[0], labels: parts[1].data },
    test: { ...images[2], labels: parts[3].data },
  }
}

/** Names that ids of the known sets begin with. */
const RESERVED = new Set(['mnist', 'fashion', 'fashionmnist', 'frey', 'freyface'])

/**
 * A name fit for ids from a path: its last part in lower case, letters and digits alone. The names of the known sets are
 * not given to other data: a folder called mnist is `mymnist`.
 */
export function nameFromPath(path: string): string {
  const last = basename(resolve(path)).replace(/\.gz$/, '')
  // Files named as those of MNIST are told apart by the name of their folder.
  const file = /^(.*?)-?((train|test|t10k|val)-)?images[-.]idx3-ubyte$/.exec(last)
  if (file?.[1] === '') return nameFromPath(dirname(resolve(path)))
  const plain = (file?.[1] ?? parse(last).name).toLowerCase().replace(/[^a-z0-9]+/g, '')
  if (plain === '') return 'images'
  return RESERVED.has(plain) ? `my${plain}` : plain
}

/** @throws Error when a name given to own data is one of a known set */
export function requireFreeName(name: string): void {
  if (RESERVED.has(name)) throw new Error(`--name: expected a name that no known data set has, got ${name}`)
}
