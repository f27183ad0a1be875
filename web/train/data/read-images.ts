import type { PickedFile } from '../../lab/picked-files.ts'
import { runJob } from '../worker-job.ts'
import type { PackedData } from './training-data.ts'

/** How a visitor's pictures become images. */
export interface ReadImagesOptions {
  /** Pixels of a side; images are scaled and cut to a square. */
  side: number
  /** Whether dark and light change places, so that dark ink on light paper becomes light on dark as in MNIST. */
  invert: boolean
}

/** What came of a visitor's files. */
export interface ReadImages {
  data: PackedData
  /** Files that were left out, with the reason. */
  skipped: { path: string; reason: string }[]
}

/** What the page asks of the worker that reads; it answers with the number of files read so far, then `ReadImages`. */
export type ReadImagesJob = ReadImagesOptions & { files: readonly PickedFile[] }

/** Files beyond this many are left out: a browser's memory and a visitor's patience are finite. */
export const MOST_IMAGES = 20_000

/**
 * Reads images of the visitor's own in a worker: scaled to cover a square, cut to its middle, turned to grey,
 * transparent
 * pixels over black. An image's class is the folder it lies in. Nothing leaves the browser.
 *
 * @param progress called as images are read
 * @throws Error in words for people when there are too few images
 */
export async function readImages(
  picked: readonly PickedFile[],
  options: ReadImagesOptions,
  progress: (read: number, of: number) => void,
): Promise<ReadImages> {
  const visible = picked.filter(({ path }) => !/(^|\/)(\.|__MACOSX\/)/.test(path))
  const files = visible.slice(0, MOST_IMAGES)
  const read = await runJob<ReadImagesJob, ReadImages, number>(
    new Worker(new URL('./read-images.worker.ts', import.meta.url), { type: 'module' }),
    { ...options, files },
    'The part of the page that reads images could not be started.',
    done => progress(done, files.length),
  )
  const reason = `only the first ${MOST_IMAGES.toLocaleString('en')} files are read`
  const left = visible.slice(MOST_IMAGES).map(({ path }) => ({ path, reason }))
  return { ...read, skipped: [...read.skipped, ...left] }
}
