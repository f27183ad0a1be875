import { runJob } from '../worker-job.ts'
import type { KnownName } from './known-sets.ts'
import type { PackedData } from './training-data.ts'

/**
 * The job of the worker that fetches a data set. It reports the number of bytes fetched so far, and returns
 * `PackedData`.
 */
export interface KnownDataJob {
  base: string
  name: KnownName
  images: number
}

/**
 * Fetches the first `images` training images and all test images of a data set in a worker.
 *
 * @param progress called with the number of bytes fetched so far
 * @throws Error with a message for the visitor if they cannot be fetched
 */
export function fetchKnownData(
  name: KnownName,
  images: number,
  progress: (received: number) => void,
): Promise<PackedData> {
  return runJob<KnownDataJob, PackedData, number>(
    new Worker(new URL('./fetch-images.worker.ts', import.meta.url), { type: 'module' }),
    { base: document.baseURI, name, images },
    'The part of the page that fetches images could not be started.',
    progress,
  )
}
