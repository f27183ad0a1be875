import { runJob } from '../worker-job.ts'
import type { KnownName } from './known-sets.ts'
import type { PackedData } from './training-data.ts'

/** What the page asks of the worker that fetches; it answers with the bytes fetched so far, then `PackedData`. */
export interface KnownDataJob {
  base: string
  name: KnownName
  images: number
}

/**
 * Fetches the first `images` training images of a data set and its test images, and unpacks them in a worker.
 *
 * @param progress called with the bytes fetched so far
 * @throws Error in words for people when the server does not have them
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
