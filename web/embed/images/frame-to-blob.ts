import type { Frames } from './frames.ts'

/**
 * Encodes one frame as an image file, with `scale` pixels (1 to 16) along each side of an image's pixel.
 *
 * @returns null if the browser cannot encode an image
 */
export async function frameToBlob(
  frames: Frames,
  t: number,
  u: number,
  { scale, type, quality }: { scale: number; type?: string; quality?: number },
): Promise<Blob | null> {
  const canvas = document.createElement('canvas')
  const { width, height } = frames
  const factor = Math.min(16, Math.max(1, Math.round(Number(scale) || 1)))
  canvas.width = width * factor
  canvas.height = height * factor
  const g = canvas.getContext('2d') as CanvasRenderingContext2D
  frames.draw(g, t, u)
  g.imageSmoothingEnabled = false
  // Drawing a canvas onto itself is safe: drawImage reads the whole source before it writes.
  if (factor > 1) g.drawImage(canvas, 0, 0, width, height, 0, 0, width * factor, height * factor)
  return new Promise(resolve => canvas.toBlob(resolve, type, quality))
}
