import { load, type Resource, ready } from './resource.ts'

const SIDE = 28

/** Pictures beside the page that hold a data set's first test images in rows. */
interface Sheets {
  /** The file of a sheet, counted from 0. */
  file(sheet: number): string
  columns: number
  /** Images in a sheet, and in all. */
  perSheet: number
  images: number
}

const SHEETS: Record<string, Sheets | undefined> = {
  mnist: { file: sheet => `images/mnist-test-${sheet}.png`, columns: 25, perSheet: 500, images: 10_000 },
  'fashion-mnist': { file: () => 'images/fashion-mnist-test.png', columns: 10, perSheet: 100, images: 100 },
}

/** The test images that the page has, fetched sheet by sheet when they are first asked for. */
export interface TestImages {
  /** The sheet that holds an image; only for an image that the page has. */
  sheet(dataset: string, index: number): Resource<ImageBitmap>
  /** A test image, [28·28] in 0…1; undefined while its sheet is loading, which this starts, and where there is none. */
  image(dataset: string, index: number): Float32Array | undefined
}

/** Whether the page has the test image of that number. */
export function hasTestImage(dataset: string, index: number): boolean {
  return index < countTestImages(dataset)
}

/** How many of a data set's test images the page has. */
export function countTestImages(dataset: string): number {
  return SHEETS[dataset]?.images ?? 0
}

/** @param onChange called as sheets arrive */
export function createTestImages(onChange: () => void): TestImages {
  const sheets = new Map<string, Resource<ImageBitmap>>()
  function sheet(dataset: string, index: number): Resource<ImageBitmap> {
    const { file, perSheet } = SHEETS[dataset] as Sheets
    const url = new URL(file(Math.floor(index / perSheet)), document.baseURI).href
    const known = sheets.get(url) ?? load(() => fetchBitmap(url), onChange)
    sheets.set(url, known)
    return known
  }
  return {
    sheet,
    image(dataset, index) {
      if (!hasTestImage(dataset, index)) return undefined
      const bitmap = ready(sheet(dataset, index))
      return bitmap && cut(bitmap, SHEETS[dataset] as Sheets, index)
    },
  }
}

async function fetchBitmap(url: string): Promise<ImageBitmap> {
  const response = await fetch(url).catch(() => undefined)
  if (!response) throw new Error('The test images could not be fetched: the server does not answer.')
  if (!response.ok) throw new Error(`The test images could not be fetched: status ${response.status}.`)
  return createImageBitmap(await response.blob(), { colorSpaceConversion: 'none' })
}

function cut(bitmap: ImageBitmap, { columns, perSheet }: Sheets, index: number): Float32Array {
  const place = index % perSheet
  const [x, y] = [(place % columns) * SIDE, Math.floor(place / columns) * SIDE]
  const canvas = new OffscreenCanvas(SIDE, SIDE)
  const g = canvas.getContext('2d', { willReadFrequently: true }) as OffscreenCanvasRenderingContext2D
  g.drawImage(bitmap, x, y, SIDE, SIDE, 0, 0, SIDE, SIDE)
  const { data } = g.getImageData(0, 0, SIDE, SIDE)
  return Float32Array.from({ length: SIDE * SIDE }, (_, i) => data[i * 4] / 255)
}
