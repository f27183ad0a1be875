import type { Card } from '../../models/card.ts'
import { type GreyImage, luma } from '../../models/images/grey.ts'
import { importOf } from '../../models/images/import-image.ts'
import { turnUpright } from '../../models/images/orientation.ts'
import { isWebp, readWebpOrientation } from '../../models/images/webp.ts'
import { readsDigits } from './reading.ts'

/** A photographed digit is reduced to this longer side, in pixels: enough for its strokes, and fast to process. */
export const LONGEST = 480
/** Other pictures are reduced to this longer side, in pixels: about that of a phone's photograph. */
const LARGEST = 4096
/** A picture whose intensities differ by at most this counts as blank. */
const BLANK_RANGE = 1 / 16
/** Width and height, in pixels, of an SVG that states none. */
const DEFAULT_SVG_SIDE = 480

/** How a picture file is read. */
export interface PictureReading {
  /** A picture with a longer side, in pixels, is reduced to this. */
  longest: number
  /**
   * Colour shown through transparent parts, unless the picture would be blank on it. By default the one that contrasts
   * with the opaque parts.
   */
  background?: 'black' | 'white'
}

/**
 * How pictures are read for a model of this data set: reduced if they show a digit, else large and on the background
 * that the data set's import used.
 */
export function readingFor(dataset: Card['dataset']): PictureReading {
  if (readsDigits(dataset)) return { longest: LONGEST }
  const { crop } = importOf(dataset)
  // The crop is given in pixels of the unreduced picture.
  return { longest: crop ? Number.POSITIVE_INFINITY : LARGEST, background: dataset.import?.background }
}

/**
 * Reads a picture file and converts it to grey.
 *
 * @throws Error with a sentence for the visitor when the browser cannot read it
 */
export async function readPictureFile(
  file: File,
  { longest, background }: PictureReading,
): Promise<GreyImage> {
  const {
    source,
    width,
    height,
    orientation = 1,
  } = await decode(file).catch(() => {
    throw new Error(`${file.name || 'This'} is not a picture that this browser can read.`)
  })
  const scale = Math.min(1, longest / Math.max(width, height))
  const canvas = new OffscreenCanvas(
    Math.max(1, Math.round(width * scale)),
    Math.max(1, Math.round(height * scale)),
  )
  const g = canvas.getContext('2d') as OffscreenCanvasRenderingContext2D
  g.imageSmoothingQuality = 'high'
  g.drawImage(source, 0, 0, canvas.width, canvas.height)
  const { data } = g.getImageData(0, 0, canvas.width, canvas.height)
  const picture = { width: canvas.width, height: canvas.height, pixels: greyOf(data, background) }
  return turnUpright(picture, orientation)
}

/**
 * Converts RGBA to grey. Transparent parts show `background`. Without one, or if the picture would be blank on it, they
 * show what contrasts with the opaque parts: black if these are light, white if they are dark.
 *
 * @param rgba [n, 4]
 * @returns [n] in 0…1
 */
export function greyOf(rgba: ArrayLike<number>, background?: 'black' | 'white'): Float32Array {
  const n = rgba.length / 4
  const grey = new Float32Array(n)
  let [opaque, light] = [0, 0]
  for (let i = 0; i < n; i++) {
    const alpha = rgba[i * 4 + 3] / 255
    grey[i] = luma(rgba[i * 4], rgba[i * 4 + 1], rgba[i * 4 + 2]) / 255
    opaque += alpha
    light += alpha * grey[i]
  }
  const blendOver = (level: 0 | 1) =>
    grey.map((value, i) => {
      const alpha = rgba[i * 4 + 3] / 255
      return value * alpha + level * (1 - alpha)
    })
  const contrast = light > opaque / 2 ? 0 : 1
  const wanted = background === undefined ? contrast : background === 'white' ? 1 : 0
  const blended = blendOver(wanted)
  return wanted === contrast || !isBlank(blended) ? blended : blendOver(contrast)
}

function isBlank(pixels: Float32Array): boolean {
  const least = pixels.reduce((a, b) => Math.min(a, b), 1)
  const most = pixels.reduce((a, b) => Math.max(a, b), 0)
  return most - least <= BLANK_RANGE
}

interface Decoded {
  source: CanvasImageSource
  width: number
  height: number
  /** Exif orientation, 1 to 8, that the browser has not applied yet. */
  orientation?: number
}

async function decode(file: File): Promise<Decoded> {
  if (file.type === 'image/svg+xml' || file.name.toLowerCase().endsWith('.svg')) return decodeSvg(file)
  const orientation = await orientationOfWebp(file)
  const imageOrientation = orientation === 1 ? 'from-image' : 'none'
  const bitmap = await createImageBitmap(file, { imageOrientation })
  return { source: bitmap, width: bitmap.width, height: bitmap.height, orientation }
}

/** The Exif orientation in a WebP file, which not every browser applies; 1 for other files. */
async function orientationOfWebp(file: File): Promise<number> {
  if (!isWebp(new Uint8Array(await file.slice(0, 12).arrayBuffer()))) return 1
  return readWebpOrientation(new Uint8Array(await file.arrayBuffer()))
}

/** Decodes an SVG with an image element, because `createImageBitmap` does not accept SVG. */
async function decodeSvg(file: File): Promise<Decoded> {
  const url = URL.createObjectURL(new Blob([file], { type: 'image/svg+xml' }))
  try {
    const image = new Image()
    image.src = url
    await image.decode()
    const longer = Math.max(image.naturalWidth, image.naturalHeight)
    if (longer === 0)
      return {
        source: drawAtSize(image, DEFAULT_SVG_SIDE, DEFAULT_SVG_SIDE),
        width: DEFAULT_SVG_SIDE,
        height: DEFAULT_SVG_SIDE,
      }
    // Draw at the final size, so that a small drawing stays sharp.
    const scale = LONGEST / longer
    const [width, height] = [image.naturalWidth * scale, image.naturalHeight * scale].map(Math.ceil)
    return { source: drawAtSize(image, width, height), width, height }
  } finally {
    URL.revokeObjectURL(url)
  }
}

function drawAtSize(image: HTMLImageElement, width: number, height: number): OffscreenCanvas {
  const canvas = new OffscreenCanvas(width, height)
  const g = canvas.getContext('2d') as OffscreenCanvasRenderingContext2D
  g.drawImage(image, 0, 0, width, height)
  return canvas
}
