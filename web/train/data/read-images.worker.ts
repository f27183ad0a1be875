/// <reference lib="webworker" />
import { coverArea, luma, toBytes } from '../../../models/images/grey.ts'
import type { PickedFile } from '../../lab/picked-files.ts'
import { serveJob } from '../worker-job.ts'
import { makeOwnData, type OwnImage } from './own-data.ts'
import type { ReadImages, ReadImagesJob } from './read-images.ts'
import { packData } from './training-data.ts'

/** The browser first shrinks larger pictures to this shorter side, in pixels; from there areas are averaged. */
const SHORTEST = 256

serveJob<ReadImagesJob, ReadImages, number>(async (job, report) => {
  const images: OwnImage[] = []
  const skipped: ReadImages['skipped'] = []
  const canvas = new OffscreenCanvas(1, 1)
  for (const [i, { file, path }] of job.files.entries()) {
    try {
      const pixels = await readGrey(file, canvas, job)
      images.push({ pixels, label: path.split('/').at(-2) ?? '' })
    } catch {
      skipped.push({ path, reason: reasonOf(file) })
    }
    report(i + 1)
  }
  try {
    return { data: packData(makeOwnData(images, job.side, job.invert)), skipped }
  } catch (error) {
    throw new Error(`${(error as Error).message}${describeSkipped(skipped)}`)
  }
})

/** A sentence on the files that were left out, which may be why there are too few images; '' if none were. */
function describeSkipped(skipped: ReadImages['skipped']): string {
  const [first] = skipped
  return first ? ` ${skipped.length} could not be used: ${first.path}, ${first.reason}.` : ''
}

function reasonOf({ type, size }: PickedFile['file']): string {
  if (size === 0) return 'it is empty'
  return type.startsWith('image/')
    ? 'it is damaged, or a kind of image that this browser cannot read'
    : 'it is not an image'
}

async function readGrey(
  file: File,
  canvas: OffscreenCanvas,
  { side, invert }: ReadImagesJob,
): Promise<Uint8Array> {
  const bitmap = await createImageBitmap(file)
  const scale = Math.min(1, SHORTEST / Math.min(bitmap.width, bitmap.height))
  canvas.width = Math.max(1, Math.round(bitmap.width * scale))
  canvas.height = Math.max(1, Math.round(bitmap.height * scale))
  const { width, height } = canvas
  const g = canvas.getContext('2d', { willReadFrequently: true }) as OffscreenCanvasRenderingContext2D
  g.fillStyle = '#000'
  g.fillRect(0, 0, width, height)
  g.imageSmoothingQuality = 'high'
  g.drawImage(bitmap, 0, 0, width, height)
  bitmap.close()
  const { data } = g.getImageData(0, 0, width, height)
  const pixels = Float32Array.from(
    { length: width * height },
    (_, i) => luma(data[i * 4], data[i * 4 + 1], data[i * 4 + 2]) / 255,
  )
  const small = coverArea({ width, height, pixels }, side, side)
  return toBytes(invert ? small.pixels.map(value => 1 - value) : small.pixels)
}
