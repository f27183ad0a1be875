import { load, type Resource, ready } from './resource.ts'

const SIDE = 28

/** The pictures beside the page that hold a data set's first test images, row by row. */
const SHEETS: Record<string, { file: string; columns: number; images: number } | undefined> = {
  mnist: { file: 'images/mnist-test.png', columns: 100, images: 10_000 },
  'fashion-mnist': { file: 'images/fashion-mnist-test.png', columns: 10, images: 100 },
}

const sheets = new Map<string, Resource<ImageBitmap>>()

/**
 * A data set's test images in one picture, fetched when first asked for; only for one that has some.
 *
 * @param onChange called as they arrive
 */
export function testSheet(dataset: string, onChange: () => void): Resource<ImageBitmap> {
  const known = sheets.get(dataset)
  if (known) return known
  const sheet = load(async () => {
    const response = await fetch(new URL(SHEETS[dataset]!.file, document.baseURI)).catch(() => undefined)
    if (!response) throw new Error('The test images cannot be had: the server does not answer.')
    if (!response.ok) throw new Error(`The test images answered ${response.status}.`)
    return createImageBitmap(await response.blob(), { colorSpaceConversion: 'none' })
  }, onChange)
  sheets.set(dataset, sheet)
  return sheet
}

/** Whether the page has the test image of that number. */
export function hasTestImage(dataset: string, index: number): boolean {
  return index < (SHEETS[dataset]?.images ?? 0)
}

/** How many of a data set's test images the page has. */
export function testImages(dataset: string): number {
  return SHEETS[dataset]?.images ?? 0
}

/** A test image, [28·28] in 0…1, once they are there. */
export function testImage(dataset: string, index: number): Float32Array | undefined {
  const bitmap = ready(sheets.get(dataset))
  const sheet = SHEETS[dataset]
  if (!bitmap || !sheet || index >= sheet.images) return undefined
  const canvas = new OffscreenCanvas(SIDE, SIDE)
  const g = canvas.getContext('2d', { willReadFrequently: true }) as OffscreenCanvasRenderingContext2D
  const [x, y] = [(index % sheet.columns) * SIDE, Math.floor(index / sheet.columns) * SIDE]
  g.drawImage(bitmap, x, y, SIDE, SIDE, 0, 0, SIDE, SIDE)
  const { data } = g.getImageData(0, 0, SIDE, SIDE)
  return Float32Array.from({ length: SIDE * SIDE }, (_, i) => data[i * 4] / 255)
}
