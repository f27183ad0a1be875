import { type GreyImage, luma } from '../../models/images/grey.ts'

/** Length in pixels to which the longer side of a picture is reduced: enough for strokes, few enough to be quick. */
export const LONGEST = 480
/** Side of an SVG without a size. */
const UNSIZED = 480

/**
 * Reads a picture file as grey. Transparent parts get the ground that contrasts with the rest: black under light parts,
 * white under dark parts.
 *
 * @throws Error with a sentence for the visitor when the browser cannot read it
 */
export async function readPictureFile(file: File): Promise<GreyImage> {
  const { source, width, height } = await decode(file).catch(() => {
    throw new Error(`${file.name || 'This'} is not a picture that this browser can read.`)
  })
  const scale = Math.min(1, LONGEST / Math.max(width, height))
  const canvas = new OffscreenCanvas(
    Math.max(1, Math.round(width * scale)),
    Math.max(1, Math.round(height * scale)),
  )
  const g = canvas.getContext('2d') as OffscreenCanvasRenderingContext2D
  g.imageSmoothingQuality = 'high'
  g.drawImage(source, 0, 0, canvas.width, canvas.height)
  const { data } = g.getImageData(0, 0, canvas.width, canvas.height)
  return { width: canvas.width, height: canvas.height, pixels: greyOf(data) }
}

/** Converts RGBA to grey over the ground that contrasts with the opaque part. @param rgba [n, 4] @returns [n] in 0…1 */
export function greyOf(rgba: ArrayLike<number>): Float32Array {
  const n = rgba.length / 4
  const grey = new Float32Array(n)
  let [opaque, light] = [0, 0]
  for (let i = 0; i < n; i++) {
    const alpha = rgba[i * 4 + 3] / 255
    grey[i] = luma(rgba[i * 4], rgba[i * 4 + 1], rgba[i * 4 + 2]) / 255
    opaque += alpha
    light += alpha * grey[i]
  }
  const ground = light > opaque / 2 ? 0 : 1
  return grey.map((value, i) => {
    const alpha = rgba[i * 4 + 3] / 255
    return value * alpha + ground * (1 - alpha)
  })
}

interface Decoded {
  source: CanvasImageSource
  width: number
  height: number
}

async function decode(file: File): Promise<Decoded> {
  if (file.type === 'image/svg+xml' || file.name.toLowerCase().endsWith('.svg')) return decodeSvg(file)
  const bitmap = await createImageBitmap(file, { imageOrientation: 'from-image' })
  return { source: bitmap, width: bitmap.width, height: bitmap.height }
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
