import { drawSheet, type ImageSize } from '../plot/picture.ts'
import type { Theme } from '../plot/theme.ts'

/** Saves a blob as a file. */
export function save(blob: Blob, name: string): void {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}

/** Saves images as one PNG: a contact sheet that is about square, `scale` pixels wide for each pixel of an image. */
export function saveSheet(
  pixels: Float32Array,
  size: ImageSize,
  theme: Theme,
  name: string,
  scale = 4,
): void {
  const columns = Math.ceil(Math.sqrt(pixels.length / (size.width * size.height)))
  const small = document.createElement('canvas')
  drawSheet(small, pixels, size, theme, columns)
  const large = document.createElement('canvas')
  large.width = small.width * scale
  large.height = small.height * scale
  const g = large.getContext('2d') as CanvasRenderingContext2D
  g.imageSmoothingEnabled = false
  g.drawImage(small, 0, 0, large.width, large.height)
  large.toBlob(blob => blob && save(blob, name))
}
