import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { bytesOf, fashionParts } from './training-images-plugin.ts'

const PIXELS = 784

test('the second part of Fashion-MNIST holds images 10,000 to 19,999, then their labels', async () => {
  const folder = await mkdtemp(path.join(tmpdir(), 'latent-edge-fashion-'))
  try {
    const images = Uint8Array.from({ length: 20_000 }, (_, i) => i % 251)
    const pixels = new Uint8Array(16 + images.length * PIXELS)
    for (const [i, level] of images.entries()) pixels.fill(level, 16 + i * PIXELS, 16 + (i + 1) * PIXELS)
    const labels = Uint8Array.from({ length: 8 + images.length }, (_, i) => (i < 8 ? 0 : (i - 8) % 10))
    const gzip = (bytes: Uint8Array) => gzipSync(bytes, { level: 1 })
    await writeFile(path.join(folder, 'train-images-idx3-ubyte.gz'), gzip(pixels))
    await writeFile(path.join(folder, 'train-labels-idx1-ubyte.gz'), gzip(labels))
    const [part] = fashionParts(folder)
    expect(part.name).toBe('fashion-mnist-train-1.gz')
    const bytes = gunzipSync(bytesOf(part))
    expect(bytes).toHaveLength(10_000 * (PIXELS + 1))
    for (const i of [0, 1, 9_999]) {
      expect(bytes[i * PIXELS]).toBe((10_000 + i) % 251)
      expect(bytes[10_000 * PIXELS + i]).toBe((10_000 + i) % 10)
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
})
