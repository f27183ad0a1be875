/** Picture files beside the page, each with a number of a data set's first test images in rows. */
export interface TestSheets {
  /** The address of a sheet, counted from 0, relative to the page. */
  file(sheet: number): string
  /** Images in a row. */
  columns: number
  /** Images in a sheet, and in all. */
  perSheet: number
  images: number
}

/** Pixels of each side of a test image in the sheets. */
export const TEST_IMAGE_SIDE = 28

/** MNIST's test images, which the build of the page writes. */
export const MNIST_SHEETS: TestSheets = {
  file: sheet => `images/mnist-test-${sheet}.png`,
  columns: 25,
  perSheet: 100,
  images: 10_000,
}

const SHEETS: Readonly<Record<string, TestSheets | undefined>> = {
  mnist: MNIST_SHEETS,
  'fashion-mnist': {
    file: () => 'images/fashion-mnist-test.png',
    columns: 10,
    perSheet: 100,
    images: 100,
  },
}

/** The sheets of a data set's test images; undefined where there are none. */
export function testSheetsOf(dataset: string): TestSheets | undefined {
  return Object.hasOwn(SHEETS, dataset) ? SHEETS[dataset] : undefined
}

/** Where a test image is: its sheet's address and its top left pixel there. Undefined where the data set has no such image. */
export function placeInSheet(
  dataset: string,
  index: number,
): { file: string; left: number; top: number } | undefined {
  const sheets = testSheetsOf(dataset)
  if (!sheets || index >= sheets.images) return undefined
  const place = index % sheets.perSheet
  return {
    file: sheets.file(Math.floor(index / sheets.perSheet)),
    left: (place % sheets.columns) * TEST_IMAGE_SIDE,
    top: Math.floor(place / sheets.columns) * TEST_IMAGE_SIDE,
  }
}
