import type { Card } from '../../models/card.ts'
import { type GreyImage, luma } from '../../models/images/grey.ts'
import { importOf } from '../../models/images/import-image.ts'
import { turnUpright } from '../../models/images/orientation.ts'
import { isWebp, readWebpOrientation } from '../../models/images/webp.ts'
import { readsDigits } from './reading.ts'

/** Length in pixels to which the longer side of a photographed digit is reduced: enough for strokes, quick enough. */
export const LONGEST = 480
/** Length to which larger pictures are reduced before they are read as training images were: a phone's photograph. */
const LARGEST = 4096
/** Pictures whose intensities differ by no more than this show nothing. */
const FLAT = 1 / 16
/** Side of an SVG without a size. */
const UNSIZED = 480

/** How a picture file is read. */
export interface PictureReading {
  /** Length in pixels to which a longer side is reduced. */
  longest: number
  /** What lies behind transparent parts unless nothing would be seen on it; by default what contrasts with the rest. */
  background?: 'black' | 'white'
}

/** How a picture for a model of these data is read: whole and over their background, or small if it shows a digit. */
export function readingFor(dataset: Card['dataset']): PictureReading {
  if (readsDigits(dataset)) return { longest: LONGEST }
  const { crop } = importOf(dataset)
  // A crop counts in the picture's own pixels.
  return { longest: crop ? Number.POSITIVE_INFINITY : LARGEST, background: dataset.import?.background }
}

/**
 * Reads a picture file as grey.
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
 * Converts RGBA to grey. Transparent parts show the background; without one, or where the picture cannot be seen on it,
 * the ground that contrasts with the rest: black under light parts, white under dark parts.
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
  const over = (ground: 0 | 1) =>
    grey.map((value, i) => {
      const alpha = rgba[i * 4 + 3] / 255
      return value * alpha + ground * (1 - alpha)
    })
  const contrast = light > opaque / 2 ? 0 : 1
  const wanted = background === undefined ? contrast : background === 'white' ? 1 : 0
  const seen = over(wanted)
  return wanted === contrast || !isFlat(seen) ? seen : over(contrast)
}

function isFlat(pixels: Float32Array): boolean {
  const least = pixels.reduce((a, b) => Math.min(a, b), 1)
  const most = pixels.reduce((a, b) => Math.max(a, b), 0)
  return most - least <= FLAT
}

interface Decoded {
  source: CanvasImageSource
  width: number
  height: number
  /** Of Exif, where the browser has not turned it. */
  orientation?: number
}

async function decode(file: File): Promise<Decoded> {
  if (file.type === 'image/svg+xml' || file.name.toLowerCase().endsWith('.svg')) return decodeSvg(file)
  const orientation = await orientationOfWebp(file)
  const imageOrientation = orientation === 1 ? 'from-image' : 'none'
  const bitmap = await createImageBitmap(file, { imageOrientation })
  return { source: bitmap, width: bitmap.width, height: bitmap.height, orientation }
}

/** The orientation that a WebP states, by which not every browser turns it; 1 for other files. */
async function orientationOfWebp(file: File): Promise<number> {
  if (!isWebp(new Uint8Array(await file.slice(0, 12).arrayBuffer()))) return 1
  return readWebpOrientation(new Uint8Array(await file.arrayBuffer()))
}

/** `createImageBitmap` takes no SVG; an image element does, at the size that the drawing states. */
async function decodeSvg(file: File): Promise<Decoded> {
  const url = URL.createObjectURL(new Blob([file], { type: 'image/svg+xml' }))
  try {
    const image = new Image()
    image.src = url
    await image.decode()
    const longer = Math.max(image.naturalWidth, image.naturalHeight)
    if (longer === 0) return { source: sized(image, UNSIZED, UNSIZED), width: UNSIZED, height: UNSIZED }
    // Drawn at its final size, so that a small drawing stays sharp.
    const scale = LONGEST / longer
    const [width, height] = [image.naturalWidth * scale, image.naturalHeight * scale].map(Math.ceil)
    return { source: sized(image, width, height), width, height }
  } finally {
    URL.revokeObjectURL(url)
  }
}

function sized(image: HTMLImageElement, width: number, height: number): OffscreenCanvas {
  const canvas = new OffscreenCanvas(width, height)
  const g = canvas.getContext('2d') as OffscreenCanvasRenderingContext2D
  g.drawImage(image, 0, 0, width, height)
  return canvas
}
