import type { PickedFile } from '../../lab/picked-files.ts'
import { runJob } from '../worker-job.ts'
import type { PackedData } from './training-data.ts'

/** How pictures are converted to images. */
export interface ReadImagesOptions {
  /** Pixels along each side: pictures are scaled and cut to a square. */
  side: number
  /** Whether to invert, so that dark ink on light paper becomes light ink on dark, as in MNIST. */
  invert: boolean
}

/** The images read from files, and what went wrong. */
export interface ReadImages {
  data: PackedData
  /** The files that were left out, each with the reason. */
  skipped: { path: string; reason: string }[]
}

/** The job of the worker that reads images. It reports the number of files read so far, and returns `ReadImages`. */
export type ReadImagesJob = ReadImagesOptions & { files: readonly PickedFile[] }

/** Only this many files are read, which limits memory and time. */
export const MOST_IMAGES = 20_000

/**
 * Reads the visitor's pictures in a worker: scales them to cover a square, cuts them to its middle, and converts them
 * to grey with transparent pixels as black. An image's class is the name of its folder. Nothing leaves the browser.
 *
 * @param progress called as images are read
 * @throws Error with a message for the visitor if there are too few images
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
