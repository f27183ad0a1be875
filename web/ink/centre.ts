import { type Box, type GreyImage, resampleArea } from '../../models/images/grey.ts'

/** Pixels of a lower intensity count as empty. */
const EMPTY = 0.05

/**
 * Normalises a drawing to a `side`×`side` image by MNIST's procedure (LeCun, Cortes and Burges, "The MNIST database"):
 * the drawn part is scaled, keeping its proportions, to fit a box of 20/28 of the side, and moved by whole pixels so
 * that its centre of mass is at pixel 14 of 0…27. The means of MNIST's own images show that pixel 14 is the centre.
 *
 * @returns the image, [side, side]; empty for an empty drawing
 */
export function centreAsMnist(drawing: GreyImage, side: number): Float32Array {
  const box = boundingBox(drawing)
  if (!box) return new Float32Array(side * side)
  const scale = (side * 20) / 28 / Math.max(box.width, box.height)
  const width = Math.max(1, Math.round(box.width * scale))
  const height = Math.max(1, Math.round(box.height * scale))
  const small = resampleArea(drawing, width, height, box)
  const [x, y] = centreOfMass(small)
  return pasteAt(small, side, Math.round(side / 2 - x), Math.round(side / 2 - y))
}

function boundingBox({ width, height, pixels }: GreyImage): Box | undefined {
  let [left, top, right, bottom] = [width, height, -1, -1]
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (pixels[y * width + x] < EMPTY) continue
      left = Math.min(left, x)
      right = Math.max(right, x)
      top = Math.min(top, y)
      bottom = Math.max(bottom, y)
    }
  }
  return right < 0 ? undefined : { left, top, width: right - left + 1, height: bottom - top + 1 }
}

function centreOfMass({ width, height, pixels }: GreyImage): [number, number] {
  let [mass, mx, my] = [0, 0, 0]
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const value = pixels[y * width + x]
      mass += value
      mx += value * x
      my += value * y
    }
  }
  return [mx / mass, my / mass]
}

function pasteAt(
  { width, height, pixels }: GreyImage,
  side: number,
  left: number,
  top: number,
): Float32Array {
  const image = new Float32Array(side * side)
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [column, row] = [left + x, top + y]
      if (column < 0 || column >= side || row < 0 || row >= side) continue
      image[row * side + column] = Math.min(1, pixels[y * width + x])
    }
  }
  return image
}
