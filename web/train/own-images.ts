import { concatBytes } from '../../models/bytes.ts'
import { type Fold, holdOut } from '../../train/step/folds.ts'
import { type Images, pickPixels } from '../../train/step/images.ts'
import type { TrainingData } from './training-data.ts'

/** A visitor's file, and the folders that it lay in. */
export interface PickedFile {
  file: File
  /** Its path within what was picked: `cats/1.png`. */
  path: string
}

/** Options of reading the visitor's images. */
export interface OwnImagesOptions {
  /** Pixels of a side; images are scaled and cut to a square. */
  side: number
  /** Whether dark and light change places, so that dark ink on light paper becomes light on dark as in MNIST. */
  invert: boolean
  /** Called as images are read. */
  progress(read: number, of: number): void
}

/** What came of a visitor's files. */
export interface OwnImages {
  data: TrainingData
  /** Files that could not be read, with the reason. */
  skipped: { path: string; reason: string }[]
}

/** With fewer images nothing can be held out to measure on. */
export const FEWEST_IMAGES = 10
const TEST_SHARE = 0.2
/** Files beyond this many are left out: a browser's memory and a visitor's patience are finite. */
export const MOST_IMAGES = 20_000

/**
 * Reads images of the visitor's own: scaled to cover a square, cut to its middle, turned to grey by the weights of
 * Rec. 709, transparent pixels over black. Where the files lie in two folders or more, the folders are the classes.
 * A fifth of the images is held out for tests. Nothing leaves the browser.
 *
 * @throws Error in words for people when too few images can be read
 */
export async function readOwnImages(
  picked: readonly PickedFile[],
  options: OwnImagesOptions,
): Promise<OwnImages> {
  const files = picked.filter(({ file }) => !/^\.|\/\./.test(file.name)).slice(0, MOST_IMAGES)
  const { classes, labelOf } = classesOf(files)
  const skipped: OwnImages['skipped'] = []
  const read: { pixels: Uint8Array; label: number }[] = []
  const canvas = new OffscreenCanvas(options.side, options.side)
  for (const [i, { file, path }] of files.entries()) {
    try {
      read.push({ pixels: await readGrey(file, canvas, options.invert), label: labelOf(path) })
    } catch {
      skipped.push({ path, reason: 'it is not an image that this browser can read' })
    }
    options.progress(i + 1, files.length)
  }
  if (read.length < FEWEST_IMAGES) {
    const failed = skipped.length > 0 ? `, and ${skipped.length} could not be read (${skipped[0].path})` : ''
    throw new Error(
      `At least ${FEWEST_IMAGES} images are needed, so that some can be held out to measure on: here are ${read.length}${failed}.`,
    )
  }
  const all: Images = {
    count: read.length,
    pixels: concatBytes(read.map(({ pixels }) => pixels)),
    labels: classes.length > 0 ? Uint8Array.from(read, ({ label }) => label) : null,
  }
  const { side } = options
  return { data: { name: 'own', height: side, width: side, classes, ...divide(all) }, skipped }
}

/** The folders that the files lie in, if there are at least two and at most 100. */
function classesOf(files: readonly PickedFile[]): { classes: string[]; labelOf(path: string): number } {
  const folderOf = (path: string) => path.split('/').at(-2) ?? ''
  const classes = [...new Set(files.map(({ path }) => folderOf(path)))].sort((a, b) =>
    a.localeCompare(b, 'en', { numeric: true }),
  )
  const usable = classes.length >= 2 && classes.length <= 100
  return { classes: usable ? classes : [], labelOf: path => (usable ? classes.indexOf(folderOf(path)) : 0) }
}

async function readGrey(file: File, canvas: OffscreenCanvas, invert: boolean): Promise<Uint8Array> {
  const bitmap = await createImageBitmap(file)
  const { width: side } = canvas
  const g = canvas.getContext('2d', { willReadFrequently: true }) as OffscreenCanvasRenderingContext2D
  g.fillStyle = invert ? '#fff' : '#000'
  g.fillRect(0, 0, side, side)
  g.imageSmoothingQuality = 'high'
  const scale = Math.max(side / bitmap.width, side / bitmap.height)
  const [width, height] = [bitmap.width * scale, bitmap.height * scale]
  g.drawImage(bitmap, (side - width) / 2, (side - height) / 2, width, height)
  bitmap.close()
  const { data } = g.getImageData(0, 0, side, side)
  return Uint8Array.from({ length: side * side }, (_, i) => {
    const grey = 0.2126 * data[i * 4] + 0.7152 * data[i * 4 + 1] + 0.0722 * data[i * 4 + 2]
    return Math.round(invert ? 255 - grey : grey)
  })
}

function divide(all: Images): Pick<TrainingData, 'train' | 'test'> {
  const held = Math.max(1, Math.round(all.count * TEST_SHARE))
  const { train, test } = holdOut(all.count, held, 0, 'shuffled')
  return { train: choose(all, train), test: choose(all, test) }
}

function choose(images: Images, indices: Fold['train']): Images {
  const labels = images.labels && Uint8Array.from(indices, i => (images.labels as Uint8Array)[i])
  return { count: indices.length, pixels: pickPixels(images, indices), labels }
}

/** The files of a drop, those in dropped folders included. */
export async function droppedFiles(items: DataTransferItemList): Promise<PickedFile[]> {
  // The entries must be taken before the first wait: the list is emptied after the event.
  const entries = Array.from(items, item => item.webkitGetAsEntry()).filter(entry => entry !== null)
  return (await Promise.all(entries.map(entry => walk(entry)))).flat()
}

async function walk(entry: FileSystemEntry): Promise<PickedFile[]> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) =>
      (entry as FileSystemFileEntry).file(resolve, reject),
    )
    return [{ file, path: entry.fullPath.replace(/^\//, '') }]
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader()
  const children: FileSystemEntry[] = []
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    )
    if (some.length === 0) break
    children.push(...some)
  }
  return (await Promise.all(children.map(child => walk(child)))).flat()
}

/** The files of an input, folders kept. */
export function pickedFiles(list: FileList): PickedFile[] {
  return Array.from(list, file => ({ file, path: file.webkitRelativePath || file.name }))
}
