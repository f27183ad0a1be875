import { load, type Resource, ready } from './loadable.ts'

const SIDE = 28
const COLUMNS = 100

let sheet: Resource<ImageBitmap> | undefined

/**
 * MNIST's test images, fetched when first asked for: 10,000 in one picture beside the page.
 *
 * @param onChange called as they arrive
 */
export function testSheet(onChange: () => void): Resource<ImageBitmap> {
  sheet ??= load(async () => {
    const response = await fetch(new URL('images/mnist-test.png', document.baseURI))
    if (!response.ok) throw new Error(`The test images answered ${response.status}.`)
    return createImageBitmap(await response.blob(), { colorSpaceConversion: 'none' })
  }, onChange)
  return sheet
}

/** Whether the page has the test images of a data set. */
export function hasTestImages(dataset: string): boolean {
  return dataset === 'mnist'
}

/** One of MNIST's test images, [28·28] in 0…1, once they are there. */
export function testImage(index: number): Float32Array | undefined {
  const bitmap = ready(sheet)
  if (!bitmap) return undefined
  const canvas = new OffscreenCanvas(SIDE, SIDE)
  const g = canvas.getContext('2d', { willReadFrequently: true }) as OffscreenCanvasRenderingContext2D
  const [x, y] = [(index % COLUMNS) * SIDE, Math.floor(index / COLUMNS) * SIDE]
  g.drawImage(bitmap, x, y, SIDE, SIDE, 0, 0, SIDE, SIDE)
  const { data } = g.getImageData(0, 0, SIDE, SIDE)
  return Float32Array.from({ length: SIDE * SIDE }, (_, i) => data[i * 4] / 255)
}
