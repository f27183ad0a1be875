import { holdOut, type Order } from '../step/folds.ts'
import { type Images, pickPixels } from '../step/images.ts'
import { loadIdx, loadPngs } from './custom-dataset.ts'
import { findKnown } from './files.ts'
import { decodeIdx } from './idx.ts'
import { type KnownSet, known } from './known-datasets.ts'

/** A data set, divided into what is trained on (and folded) and what only tests see. */
export interface Dataset {
  /** A short name for ids and file names; for a user's own data that of its file or folder. */
  name: string
  /** Pixels: rows and columns of an image. */
  height: number
  width: number
  /** Names of the labels in order; empty where the data has none. */
  classes: string[]
  train: Images
  test: Images
  /** How the data was divided, where that is a choice and not as published. */
  note?: string
}

export interface LoadOptions {
  /** A folder that has the files of known data sets, searched before LATENT_EDGE_DATA's and the cache. */
  dataDir?: string
  /** For data without a published split: how test images are chosen. Default 'shuffled'. */
  split?: Order
  /** Seed of a shuffled split, an integer in [0, 2³²). Default 0. */
  splitSeed?: number
  /** For a user's own data without a split: the share of images held out for tests, in (0, 1). Default 0.2. */
  testFraction?: number
}

/** FreyFace: 1,565 faces to train on, 400 of the 1,965 to test. */
const FREY_TEST = 400

/**
 * Loads a data set whole, into memory.
 *
 * @param name `mnist`, `fashion-mnist` or `freyface`; a user's own as `idx:IMAGES[,LABELS]`, `idx:FOLDER` (four files
 *   named as MNIST's) or `png:FOLDER`
 * @throws Error when the name is unknown, or a file is missing, short or corrupt: it says which, what was expected,
 *   what came and how to get it
 */
export async function loadDataset(name: string, options: LoadOptions = {}): Promise<Dataset> {
  const own = /^(idx|png):(.+)$/.exec(name)
  if (own) {
    const loaded = own[1] === 'idx' ? await loadIdx(own[2]) : await loadPngs(own[2])
    return 'train' in loaded ? loaded : divided(loaded, options)
  }
  const set = known.find(k => k.name === name)
  if (!set) {
    const names = known.map(k => k.name).join(', ')
    throw new Error(
      `data set: expected ${names}, idx:IMAGES[,LABELS], idx:FOLDER or png:FOLDER, got "${name}"`,
    )
  }
  return loadKnown(set, options)
}

async function loadKnown(set: KnownSet, options: LoadOptions): Promise<Dataset> {
  const parts = []
  for (const file of set.files) {
    const { path, bytes } = await findKnown(set, file, options.dataDir)
    parts.push(decodeIdx(bytes, path, file.file.includes('idx3') ? 3 : 1))
  }
  const [, height, width] = parts[0].dims
  const images = parts.map(({ dims, data }) => ({ count: dims[0], pixels: data }))
  const common = { name: set.name, height, width, classes: [...set.classes] }
  if (parts.length === 1) {
    return divided({ ...common, all: { ...images[0], labels: null } }, options, FREY_TEST)
  }
  return {
    ...common,
    train: { ...images[0], labels: parts[1].data },
    test: { ...images[2], labels: parts[3].data },
  }
}

/** A data set that no one has divided yet. */
export type Undivided = Omit<Dataset, 'train' | 'test' | 'note'> & { all: Images }

function divided({ all, ...common }: Undivided, options: LoadOptions, testImages?: number): Dataset {
  const { split = 'shuffled', splitSeed = 0, testFraction = 0.2 } = options
  if (!(testFraction > 0 && testFraction < 1)) {
    throw new RangeError(`testFraction: expected a number between 0 and 1, got ${testFraction}`)
  }
  if (all.count < 2) throw new Error(`${common.name}: expected at least 2 images to divide, got ${all.count}`)
  const heldOut = testImages ?? Math.min(all.count - 1, Math.max(1, Math.round(all.count * testFraction)))
  const { train, test } = holdOut(all.count, heldOut, splitSeed, split)
  const how = split === 'shuffled' ? `a shuffle with seed ${splitSeed}` : 'position: the last are held out'
  return {
    ...common,
    train: select(all, train),
    test: select(all, test),
    note: `${train.length} train and ${heldOut} test images, divided by ${how}`,
  }
}

/** The images at `indices`, in that order: a copy. */
function select(images: Images, indices: Uint32Array): Images {
  const labels = images.labels && Uint8Array.from(indices, i => images.labels![i])
  return { count: indices.length, pixels: pickPixels(images, indices), labels }
}
