import type { Uniform } from '../../models/random.ts'

/** Bounds of random shifts and rotations, in both directions; 0 for none. */
export interface Augmentation {
  /** Pixels, for each axis on its own. */
  shift: number
  /** Degrees about the centre. */
  rotation: number
}

/**
 * Randomly shifted and rotated copies of images: the shift and the angle of each are uniform within the bounds. Pixels
 * are interpolated bilinearly; beyond the edge the image counts as 0.
 *
 * @param pixels [images, height · width], 0 … 255
 * @param uniform called three times for each image
 * @returns the same shape
 */
export function augment(
  pixels: Uint8Array,
  { height, width }: { height: number; width: number },
  { shift, rotation }: Augmentation,
  uniform: Uniform,
): Uint8Array {
  const size = height * width
  const moved = new Uint8Array(pixels.length)
  const within = (bound: number) => bound * (2 * uniform() - 1)
  for (let from = 0; from < pixels.length; from += size) {
    const [down, right] = [within(shift), within(shift)]
    const angle = (within(rotation) * Math.PI) / 180
    const [sin, cos] = [Math.sin(angle), Math.cos(angle)]
    const image = pixels.subarray(from, from + size)
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        const y = row - down - (height - 1) / 2
        const x = column - right - (width - 1) / 2
        moved[from + row * width + column] = Math.round(
          bilinear(
            image,
            height,
            width,
            cos * y - sin * x + (height - 1) / 2,
            sin * y + cos * x + (width - 1) / 2,
          ),
        )
      }
    }
  }
  return moved
}

/** The value at a position between pixels, from the four around it; 0 beyond the edge. */
function bilinear(image: Uint8Array, height: number, width: number, y: number, x: number): number {
  const [top, left] = [Math.floor(y), Math.floor(x)]
  const [down, right] = [y - top, x - left]
  const at = (row: number, column: number) =>
    row < 0 || row >= height || column < 0 || column >= width ? 0 : image[row * width + column]
  return (
    (1 - down) * ((1 - right) * at(top, left) + right * at(top, left + 1)) +
    down * ((1 - right) * at(top + 1, left) + right * at(top + 1, left + 1))
  )
}
