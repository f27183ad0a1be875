import { nothing } from 'lit'
import { Directive, directive, type ElementPart } from 'lit/directive.js'
import type { Card } from '../../models/card.ts'
import { polarityOf } from '../../models/polarity.ts'
import type { Theme } from './theme.ts'

/**
 * The size of a data set's images, and the fields that determine their polarity (light on dark, dark on light, or
 * photograph).
 */
export type ImageSize = Pick<Card['dataset'], 'height' | 'width' | 'name' | 'polarity'>

/**
 * Draws an image in the page's ink and paper, by its data set's polarity: MNIST's light strokes become dark ink on a
 * light page. Photographs keep their greys.
 *
 * @param pixels intensities in 0…1, [height, width] from `offset` on
 */
export function drawImage(
  g: CanvasRenderingContext2D,
  pixels: ArrayLike<number>,
  size: ImageSize,
  { ramp }: Theme,
  place: { offset?: number; x?: number; y?: number } = {},
): void {
  const { offset = 0, x = 0, y = 0 } = place
  const polarity = polarityOf(size)
  // Dark-on-light images are inverted first, so that their dark parts too are drawn in ink.
  const inkOf = polarity === 'dark-on-light' ? (v: number) => 255 - v : (v: number) => v
  const image = g.createImageData(size.width, size.height)
  for (let i = 0; i < size.width * size.height; i++) {
    const v = Math.max(0, Math.min(255, Math.round(pixels[offset + i] * 255)))
    for (let c = 0; c < 3; c++) image.data[i * 4 + c] = polarity === 'photograph' ? v : ramp[inkOf(v) * 3 + c]
    image.data[i * 4 + 3] = 255
  }
  g.putImageData(image, x, y)
}

/** The grey levels of an image in an exported file, 0…255: dark ink on white; photographs unchanged. */
export function inkLevels(pixels: ArrayLike<number>, size: ImageSize): Uint8Array {
  const isInverted = polarityOf(size) === 'light-on-dark'
  return Uint8Array.from(pixels, value => {
    const level = Math.max(0, Math.min(255, Math.round(value * 255)))
    return isInverted ? 255 - level : level
  })
}

/**
 * Draws images, [n, height, width], in rows of `columns` on a canvas, and sets its size.
 *
 * @param square whether each image gets a square cell, with paper beside a narrow image
 */
export function drawSheet(
  canvas: HTMLCanvasElement,
  pixels: Float32Array,
  size: ImageSize,
  theme: Theme,
  columns: number,
  square = false,
): void {
  const area = size.width * size.height
  const n = pixels.length / area
  const longer = Math.max(size.width, size.height)
  const [width, height] = square ? [longer, longer] : [size.width, size.height]
  canvas.width = columns * width
  canvas.height = Math.ceil(n / columns) * height
  const g = canvas.getContext('2d') as CanvasRenderingContext2D
  const [left, top] = [Math.floor((width - size.width) / 2), Math.floor((height - size.height) / 2)]
  for (let i = 0; i < n; i++) {
    const [x, y] = [(i % columns) * width + left, Math.floor(i / columns) * height + top]
    drawImage(g, pixels, size, theme, { offset: i * area, x, y })
  }
}

class Picture extends Directive {
  render(
    _pixels: ArrayLike<number> | undefined,
    _size: ImageSize,
    _theme: Theme,
    _offset = 0,
  ): typeof nothing {
    return nothing
  }

  override update(
    part: ElementPart,
    [pixels, size, theme, offset]: Parameters<this['render']>,
  ): typeof nothing {
    const canvas = part.element as HTMLCanvasElement
    if (canvas.width !== size.width) canvas.width = size.width
    if (canvas.height !== size.height) canvas.height = size.height
    const g = canvas.getContext('2d') as CanvasRenderingContext2D
    if (pixels) drawImage(g, pixels, size, theme, { offset })
    else g.clearRect(0, 0, size.width, size.height)
    return nothing
  }
}

/** A lit directive that draws an image on a canvas: `<canvas ${picture(pixels, size, theme)}></canvas>`. */
export const picture = directive(Picture)
