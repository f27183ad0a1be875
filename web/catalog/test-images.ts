import { TEST_IMAGE_SIDE as SIDE, type TestSheets, testSheetsOf } from '../../models/test-sheets.ts'
import { load, type Resource, ready } from './resource.ts'

/** The test images that the page has. A sheet is fetched when one of its images is first needed. */
export interface TestImages {
  /** The sheet that holds an image, as its images [28·28] in 0…1; only for an image that the page has. */
  sheet(dataset: string, index: number): Resource<Float32Array[]>
  /**
   * A test image, [28·28] in 0…1: the same array at each call. Undefined while its sheet is loading (the call starts
   * that), and if the page does not have it.
   */
  image(dataset: string, index: number): Float32Array | undefined
}

/** Whether the page has the test image of that number. */
export function hasTestImage(dataset: string, index: number): boolean {
  return index < countTestImages(dataset)
}

/** How many of a data set's test images the page has. */
export function countTestImages(dataset: string): number {
  return testSheetsOf(dataset)?.images ?? 0
}

/** @param onChange called as sheets arrive */
export function createTestImages(onChange: () => void): TestImages {
  const sheets = new Map<string, Resource<Float32Array[]>>()
  function sheet(dataset: string, index: number): Resource<Float32Array[]> {
    const { file, perSheet, columns } = testSheetsOf(dataset) as TestSheets
    const name = file(Math.floor(index / perSheet))
    let known = sheets.get(name)
    if (!known) {
      const url = new URL(name, document.baseURI).href
      known = load(async () => cut(await fetchBitmap(url), columns, perSheet), onChange)
      sheets.set(name, known)
    }
    return known
  }
  return {
    sheet,
    image(dataset, index) {
      if (!hasTestImage(dataset, index)) return undefined
      const { perSheet } = testSheetsOf(dataset) as TestSheets
      return ready(sheet(dataset, index))?.[index % perSheet]
    },
  }
}

/**
 * Fetched by an image element, not by `fetch`, so that a sheet that was preloaded with the page is not fetched again.
 */
async function fetchBitmap(url: string): Promise<ImageBitmap> {
  const image = new Image()
  image.src = url
  await image.decode().catch(() => {
    throw new Error(
      'The test images could not be fetched: the server does not answer, or it has a newer page. Try again, or reload the page.',
    )
  })
  return createImageBitmap(image, { colorSpaceConversion: 'none' })
}

/** The images of a sheet, [28·28] each. */
function cut(sheet: ImageBitmap, columns: number, images: number): Float32Array[] {
  const { width, height } = sheet
  const canvas = new OffscreenCanvas(width, height)
  const g = canvas.getContext('2d', { willReadFrequently: true }) as OffscreenCanvasRenderingContext2D
  g.drawImage(sheet, 0, 0)
  sheet.close()
  const { data } = g.getImageData(0, 0, width, height)
  return Array.from({ length: images }, (_, place) => {
    const corner = Math.floor(place / columns) * SIDE * width + (place % columns) * SIDE
    return Float32Array.from({ length: SIDE * SIDE }, (_, i) => {
      const pixel = corner + Math.floor(i / SIDE) * width + (i % SIDE)
      return data[pixel * 4] / 255
    })
  })
}
