import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, expect, test, vi } from 'vitest'
import type { Images } from '../../step/images.ts'
import { loadDataset } from '../load-dataset.ts'
import { known } from './known-datasets.ts'
import { findKnown, searchFolders } from './known-files.ts'

const dataDir = process.env.LATENT_EDGE_DATA
const root = mkdtempSync(join(tmpdir(), 'dataset-'))
afterAll(() => rmSync(root, { recursive: true }))
afterEach(() => vi.unstubAllEnvs())

/** No data but what the test itself puts into the folder returned. */
function isolated(): string {
  const dir = mkdtempSync(join(root, 'd-'))
  vi.stubEnv('LATENT_EDGE_DATA', '')
  vi.stubEnv('XDG_CACHE_HOME', join(dir, 'cache'))
  return dir
}

function mean({ pixels }: Images): number {
  let sum = 0
  for (const p of pixels) sum += p
  return sum / pixels.length / 255
}

const same = (a: Images, b: Images) => Buffer.compare(a.pixels, b.pixels) === 0

test('MNIST comes with the published sizes, labels and brightness', async () => {
  isolated()
  const { train, test: held, ...rest } = await loadDataset('mnist')
  expect(rest).toEqual({
    name: 'mnist',
    height: 28,
    width: 28,
    classes: [...'0123456789'],
    polarity: 'light-on-dark',
  })
  expect([train.count, held.count]).toEqual([60_000, 10_000])
  expect([train.pixels.length, held.pixels.length]).toEqual([60_000 * 784, 10_000 * 784])
  expect([...train.labels!.subarray(0, 10)]).toEqual([5, 0, 4, 1, 9, 2, 1, 3, 1, 4])
  expect([...held.labels!.subarray(0, 5)]).toEqual([7, 2, 1, 0, 4])
  expect(mean(train)).toBeCloseTo(0.1307, 4)
})

test.skipIf(!dataDir)('Fashion-MNIST comes with the published sizes (needs LATENT_EDGE_DATA)', async () => {
  const { train, test: held, classes } = await loadDataset('fashion-mnist')
  expect([train.count, held.count, classes.length]).toEqual([60_000, 10_000, 10])
  expect(classes[train.labels![0]]).toBe('Ankle boot')
  expect(mean(train)).toBeCloseTo(0.286, 4)
})

test.skipIf(!dataDir)(
  'FreyFace has 1,565 training and 400 test images (needs LATENT_EDGE_DATA)',
  async () => {
    const shuffled = await loadDataset('freyface')
    const last = await loadDataset('freyface', { split: 'contiguous' })
    for (const { train, test: held, height, width } of [shuffled, last]) {
      expect([train.count, held.count, height, width]).toEqual([1565, 400, 28, 20])
    }
    expect(shuffled.note).toBe('1565 train and 400 test images, divided by a shuffle with seed 0')
    expect(last.note).toBe('1565 train and 400 test images, divided by position: the last are held out')
    expect(same(shuffled.test, last.test)).toBe(false)
    expect(same((await loadDataset('freyface')).test, shuffled.test)).toBe(true)
    expect(same((await loadDataset('freyface', { splitSeed: 1 })).test, shuffled.test)).toBe(false)
  },
)

test.skipIf(!dataDir)('FreyFace is the same from its MAT-file (needs LATENT_EDGE_DATA)', async () => {
  const frey = known.find(set => set.name === 'freyface')!
  const raw = (await findKnown(frey, frey.files[0])).bytes
  const dir = isolated()
  mkdirSync(join(dir, 'freyface'))
  writeFileSync(join(dir, 'freyface', 'frey_rawface.mat'), faceMat(raw.subarray(16)))
  const found = await findKnown(frey, frey.files[0], dir)
  expect(found.path).toBe(join(dir, 'freyface', 'frey_rawface.mat'))
  expect(Buffer.compare(found.bytes, raw)).toBe(0)
})

/** A MAT-file whose matrix ff has these faces as columns of 560. */
function faceMat(faces: Uint8Array): Buffer {
  const words = (...values: number[]) => Buffer.from(Uint32Array.from(values).buffer)
  const body = Buffer.concat([
    words(6, 8, 9, 0, 5, 8, 560, faces.length / 560, (2 << 16) | 1),
    Buffer.from('ff\0\0'),
    words(2, faces.length),
    faces,
    Buffer.alloc(-faces.length & 7),
  ])
  const header = Buffer.alloc(128, ' ')
  header.write('\x00\x01IM', 124, 'latin1')
  return Buffer.concat([header, words(14, body.length), body])
}

test('a missing file is named, with the places searched and the command that fetches it', async () => {
  const dir = isolated()
  await expect(loadDataset('fashion-mnist', { dataDir: dir })).rejects.toThrow(
    'fashion-mnist: expected train-images-idx3-ubyte or train-images-idx3-ubyte.gz, found none in ' +
      `${join(dir, 'fashion-mnist')}, ${dir}, ${join(dir, 'cache', 'latent-edge', 'fashion-mnist')}. ` +
      'Get it with: npm run data -- fashion-mnist; or name a folder that has it with --data-dir or LATENT_EDGE_DATA',
  )
  await expect(loadDataset('freyface')).rejects.toThrow(
    'or images-idx3-ubyte.gz or frey_rawface.mat, found none',
  )
})

test.each<[string, string, Uint8Array, string]>([
  ['short', 'images-idx3-ubyte', new Uint8Array(100), 'expected 1100416 raw bytes with SHA-256 c943677a'],
  [
    'cut gzip',
    'images-idx3-ubyte.gz',
    gzipSync(Buffer.alloc(99)).subarray(0, 15),
    'truncated or corrupt gzip file',
  ],
  [
    'another content',
    'images-idx3-ubyte.gz',
    gzipSync(Buffer.alloc(1_100_416)),
    'got 1100416 with 5e45728767f8',
  ],
  ['a MAT-file of other faces', 'frey_rawface.mat', faceMat(new Uint8Array(1965 * 560)), 'got 1100416 with'],
  [
    'a MAT-file cut short',
    'frey_rawface.mat',
    faceMat(new Uint8Array(5600)).subarray(0, 5000),
    'truncated or corrupt MAT',
  ],
])('a corrupt file is named: %s', async (_, name, bytes, message) => {
  const dir = isolated()
  writeFileSync(join(dir, name), bytes)
  const load = loadDataset('freyface', { dataDir: dir })
  await expect(load).rejects.toThrow(`${join(dir, name)}: `)
  await expect(load).rejects.toThrow(message)
  await expect(load).rejects.toThrow('Get it with: npm run data -- freyface')
})

test("MNIST's files in Fashion-MNIST's place are recognised", async () => {
  const dir = isolated()
  const [mnist] = searchFolders('mnist')
  symlinkSync(join(mnist, 'train-images-idx3-ubyte'), join(dir, 'train-images-idx3-ubyte'))
  vi.stubEnv('LATENT_EDGE_DATA', dir)
  await expect(loadDataset('fashion-mnist')).rejects.toThrow(
    'got 47040016 with ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db (mnist)',
  )
})

test.each([
  [
    'cifar',
    {},
    'data set: expected mnist, fashion-mnist, freyface, a folder of images, a .npz, .npy, .csv or idx file',
  ],
  ['png:/nowhere', {}, 'png: expected a folder, got /nowhere'],
])('loadDataset refuses %s', async (name, options, message) => {
  await expect(loadDataset(name, options)).rejects.toThrow(message)
})

test('each pinned file has a size and hashes, which no two files share', () => {
  const digests = known.flatMap(set => set.files.map(file => file.sha256))
  expect(digests.every(d => /^[0-9a-f]{64}$/.test(d))).toBe(true)
  expect(new Set(digests).size).toBe(digests.length)
})
