import type { PickedFile } from '../../lab/picked-files.ts'
import type { OwnImage } from './own-data.ts'

export interface ReadImagesOptions {
  /** Pixels of a side; images are scaled and cut to a square. */
  side: number
  /** Whether dark and light change places, so that dark ink on light paper becomes light on dark as in MNIST. */
  invert: boolean
}

/** What came of a visitor's files. */
export interface ReadImages {
  images: OwnImage[]
  /** Files that were left out, with the reason. */
  skipped: { path: string; reason: string }[]
}

/** What the page sends to the worker that reads, and what it answers. */
export type ReadImagesJob = ReadImagesOptions & { files: readonly PickedFile[] }
export type ReadImagesReport = { read: number } | ReadImages

/** Files beyond this many are left out: a browser's memory and a visitor's patience are finite. */
export const MOST_IMAGES = 20_000

/**
 * Reads images of the visitor's own in a worker, so that the page answers meanwhile: scaled to cover a square, cut to
 * its middle, turned to grey, transparent pixels over black. An image's class is the folder it lies in. Nothing leaves
 * the browser.
 *
 * @param progress called as images are read
 */
export async function readImages(
  picked: readonly PickedFile[],
  options: ReadImagesOptions,
  progress: (read: number, of: number) => void,
): Promise<ReadImages> {
  const visible = picked.filter(({ path }) => !/(^|\/)(\.|__MACOSX\/)/.test(path))
  const files = visible.slice(0, MOST_IMAGES)
  const worker = new Worker(new URL('./read-images.worker.ts', import.meta.url), { type: 'module' })
  try {
    const result = await new Promise<ReadImages>((resolve, reject) => {
      worker.addEventListener('error', () =>
        reject(new Error('The part of the page that reads images could not be started.')),
      )
      worker.addEventListener('message', ({ data }: MessageEvent<ReadImagesReport>) => {
        if ('read' in data) progress(data.read, files.length)
        else resolve(data)
      })
      worker.postMessage({ ...options, files } satisfies ReadImagesJob)
    })
    const reason = `only the first ${MOST_IMAGES.toLocaleString('en')} files are read`
    const left = visible.slice(MOST_IMAGES).map(({ path }) => ({ path, reason }))
    return { ...result, skipped: [...result.skipped, ...left] }
  } finally {
    worker.terminate()
  }
}
