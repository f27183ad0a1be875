import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { crc32, deflateSync, gzipSync } from 'node:zlib'
import { afterAll, expect, test } from 'vitest'
import { loadDataset } from './dataset.ts'
import { encodeIdx } from './idx.ts'
import { readGrey } from './png.ts'

const root = mkdtempSync(join(tmpdir(), 'own-'))
afterAll(() => rmSync(root, { recursive: true }))

/** Writes files, by path relative to a new folder, and returns the folder. */
function folder(files: Record<string, Uint8Array | string>): string {
  const dir = join(mkdtempSync(join(root, 'f-')), 'My Faces')
  mkdirSync(dir)
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true })
    writeFileSync(join(dir, name), content)
  }
  return dir
}

/** A PNG of unfiltered `rows`, each the bytes as they stand in the file. Grey 0, RGB 2, palette 3, grey+alpha 4, RGBA 6. */
function png(width: number, depth: number, type: number, rows: number[][], palette: number[] = []): Buffer {
  const chunk = (name: string, body: Uint8Array) => {
    const named = Buffer.concat([Buffer.from(name), body])
    const frame = Buffer.alloc(8)
    frame.writeUInt32BE(body.length)
    frame.writeUInt32BE(crc32(named), 4)
    return Buffer.concat([frame.subarray(0, 4), named, frame.subarray(4)])
  }
  const header = Buffer.from([0, 0, 0, width, 0, 0, 0, rows.length, depth, type, 0, 0, 0])
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    ...(palette.length > 0 ? [chunk('PLTE', Buffer.from(palette))] : []),
    chunk('IDAT', deflateSync(Buffer.from(rows.flatMap(row => [0, ...row])))),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

const grey = (...rows: number[][]) => png(rows[0].length, 8, 0, rows)

test.each<[string, Buffer, number[]]>([
  ['8-bit grey', png(2, 8, 0, [[0, 255]]), [0, 255]],
  ['1-bit grey', png(9, 1, 0, [[0b10100000, 0b10000000]]), [255, 0, 255, 0, 0, 0, 0, 0, 255]],
  ['2-bit grey', png(3, 2, 0, [[0b00011000], [0b11000000]]), [0, 85, 170, 255, 0, 0]],
  ['4-bit grey', png(2, 4, 0, [[0x0f]]), [0, 255]],
  ['16-bit grey', png(2, 16, 0, [[0x80, 0x00, 0xff, 0xff]]), [128, 255]],
  ['RGB', png(4, 8, 2, [[255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 9, 9]]), [76, 150, 29, 9]],
  ['grey with alpha', png(2, 8, 4, [[200, 255, 200, 0]]), [200, 0]],
  ['RGBA', png(1, 8, 6, [[255, 255, 255, 51]]), [51]],
  ['2-bit palette', png(3, 2, 3, [[0b10010000]], [0, 0, 0, 255, 255, 255, 255, 0, 0]), [76, 255, 0]],
])('reads a PNG as grey: %s', (_, bytes, luma) => {
  expect([...readGrey(bytes, 'f').luma]).toEqual(luma)
})

test('PNGs without classes are divided by a seeded shuffle, or contiguously', async () => {
  const images = Array.from({ length: 12 }, (_, i) => [`${i}.png`, grey([i, 0, 1])] as const)
  const dir = folder({ ...Object.fromEntries(images), 'notes.txt': 'no image', '.hidden.png': 'no image' })
  const last = await loadDataset(`png:${dir}`, { split: 'contiguous', testFraction: 0.25 })
  expect(last).toEqual({
    name: 'my-faces',
    height: 1,
    width: 3,
    classes: [],
    train: {
      count: 9,
      pixels: Uint8Array.from([0, 1, 2, 3, 4, 5, 6, 7, 8].flatMap(i => [i, 0, 1])),
      labels: null,
    },
    test: { count: 3, pixels: Uint8Array.of(9, 0, 1, 10, 0, 1, 11, 0, 1), labels: null },
    note: '9 train and 3 test images, divided by position: the last are held out',
  })
  const split = async (splitSeed: number) => {
    const { train, test: held } = await loadDataset(`png:${dir}`, { splitSeed })
    expect([train.count, held.count]).toEqual([10, 2])
    const firsts = [...train.pixels, ...held.pixels].filter((_, i) => i % 3 === 0)
    expect(firsts.toSorted((a, b) => a - b)).toEqual(images.map((_, i) => i))
    return held.pixels.toString()
  }
  expect(await split(1)).toBe(await split(1))
  expect(new Set([await split(1), await split(2), await split(3), await split(4)]).size).toBeGreaterThan(1)
})

test('subfolders are classes, train and test folders a split', async () => {
  const dir = folder({
    'train/cat/a.png': grey([1]),
    'train/dog/b.PNG': grey([2]),
    'train/dog/c.png': grey([3]),
    'test/dog/d.png': grey([4]),
  })
  const { classes, train, test: held, note } = await loadDataset(`png:${dir}`)
  expect(classes).toEqual(['cat', 'dog'])
  expect(train).toEqual({ count: 3, pixels: Uint8Array.of(1, 2, 3), labels: Uint8Array.of(0, 1, 1) })
  expect(held).toEqual({ count: 1, pixels: Uint8Array.of(4), labels: Uint8Array.of(1) })
  expect(note).toBeUndefined()
  const one = await loadDataset(`png:${join(dir, 'train')}`, { split: 'contiguous' })
  expect([...one.train.labels!, ...one.test.labels!]).toEqual([0, 1, 1])
})

test.each<[string, Record<string, Uint8Array | string>, string]>([
  ['no images', { 'a.txt': '' }, 'expected PNGs, found none'],
  ['an empty class', { 'cat/a.png': grey([1]), 'dog/b.txt': '' }, 'dog: expected PNGs, found none'],
  ['images beside classes', { 'cat/a.png': grey([1]), 'b.png': grey([1]) }, 'got 1 PNGs beside cat'],
  ['two sizes', { 'a.png': grey([1, 2]), 'b.png': grey([1]) }, 'b.png: expected 2 × 1 pixels as in'],
  ['a file that is none', { 'a.png': 'text' }, 'a.png: expected a PNG image, got '],
  ['a cut PNG', { 'a.png': grey([1, 2, 3]).subarray(0, 50) }, 'a.png: expected a PNG image, got '],
  ['one image', { 'a.png': grey([1]) }, 'my-faces: expected at least 2 images to divide, got 1'],
  [
    'a test class that training lacks',
    { 'train/cat/a.png': grey([1]), 'test/cow/b.png': grey([1]) },
    'expected test images with the classes of the training images (cat), got cow',
  ],
  [
    'test images of another size',
    { 'train/a.png': grey([1]), 'test/b.png': grey([1, 2]) },
    'expected test images of 1 × 1 pixels as in training, got 2 × 1 pixels',
  ],
])('refuses a folder with %s', async (_, files, message) => {
  await expect(loadDataset(`png:${folder(files)}`)).rejects.toThrow(message)
})

const images = (count: number) =>
  encodeIdx({ dims: [count, 1, 2], data: Uint8Array.from({ length: 2 * count }, (_, i) => i) })
const labels = (...data: number[]) => encodeIdx({ dims: [data.length], data: Uint8Array.from(data) })

test('a pair of idx files, raw or gzipped', async () => {
  const dir = folder({ 'x.idx.gz': gzipSync(images(3)), 'y.idx': labels(0, 2, 1) })
  const set = await loadDataset(`idx:${dir}/x.idx.gz,${dir}/y.idx`, { split: 'contiguous' })
  expect(set).toMatchObject({ name: 'x', height: 1, width: 2, classes: ['0', '1', '2'] })
  expect(set.train).toEqual({ count: 2, pixels: Uint8Array.of(0, 1, 2, 3), labels: Uint8Array.of(0, 2) })
  expect(set.test).toEqual({ count: 1, pixels: Uint8Array.of(4, 5), labels: Uint8Array.of(1) })
  expect((await loadDataset(`idx:${dir}/x.idx`)).train.labels).toBeNull()
})

test("a folder of files named as MNIST's has their split", async () => {
  const unlabelled = {
    'train-images-idx3-ubyte.gz': gzipSync(images(3)),
    't10k-images-idx3-ubyte': images(1),
  }
  const bare = await loadDataset(`idx:${folder(unlabelled)}`)
  expect([bare.train.count, bare.test.count, bare.classes, bare.note]).toEqual([3, 1, [], undefined])
  const labelled = {
    ...unlabelled,
    'train-labels-idx1-ubyte': labels(1, 0, 1),
    't10k-labels-idx1-ubyte.gz': gzipSync(labels(1)),
  }
  const set = await loadDataset(`idx:${folder(labelled)}`)
  expect([set.classes, [...set.train.labels!], [...set.test.labels!]]).toEqual([['0', '1'], [1, 0, 1], [1]])
})

test.each<[string, Record<string, Uint8Array>, string, string]>([
  ['a file that is not there', {}, 'x', 'x or '],
  ['too few labels', { x: images(3), y: labels(1) }, 'x,y', 'y: expected 3 labels, one an image, got 1'],
  ['labels in place of images', { y: labels(1) }, 'y', 'y: expected an idx3-ubyte (images) file'],
  [
    'a cut gzip',
    { 'x.gz': gzipSync(images(3)).subarray(0, 20) },
    'x',
    'x.gz: truncated or corrupt gzip file',
  ],
  ['a third file', { x: images(3) }, 'x,y,z', 'idx: expected IMAGES or IMAGES,LABELS'],
  ['no images', { x: images(0) }, 'x', 'x: expected images, got 0 × 1 × 2 pixels'],
  [
    'a folder without its test images',
    { 'train-images-idx3-ubyte': images(2) },
    '',
    't10k-images-idx3-ubyte',
  ],
])('refuses %s', async (_, files, spec, message) => {
  const dir = folder(files)
  const paths = spec.split(',').map(name => join(dir, name))
  await expect(loadDataset(`idx:${paths.join(',')}`)).rejects.toThrow(message)
})
