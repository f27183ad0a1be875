import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, relative } from 'node:path'
import { crc32, deflateSync, gzipSync } from 'node:zlib'
import sharp from 'sharp'
import { afterAll, expect, test } from 'vitest'
import { toBytes } from '../../../models/images/grey.ts'
import type { ImportOptions } from '../../step/configuration.ts'
import { chooseFold } from '../choose-fold.ts'
import { encodeIdx } from '../idx.ts'
import { loadDataset, nameFromPath } from '../load-dataset.ts'
import { decodeImage } from './decode-image.ts'

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
])('a PNG is read as grey: %s', async (_, bytes, levels) => {
  expect([...toBytes((await decodeImage(bytes, 'black')).pixels)]).toEqual(levels)
})

test('images without classes are divided by the hash of their pixels, or contiguously', async () => {
  const images = Array.from({ length: 12 }, (_, i) => [`${i}.png`, grey([i, 0, 1])] as const)
  const dir = folder({ ...Object.fromEntries(images), 'notes.txt': 'no image', '.hidden.png': 'no image' })
  const last = await loadDataset(`png:${dir}`, { split: 'contiguous', import: { testFraction: 0.25 } })
  expect(last).toEqual({
    name: 'myfaces',
    height: 1,
    width: 3,
    classes: [],
    train: {
      count: 9,
      pixels: Uint8Array.from([0, 1, 2, 3, 4, 5, 6, 7, 8].flatMap(i => [i, 0, 1])),
      labels: null,
    },
    test: { count: 3, pixels: Uint8Array.of(9, 0, 1, 10, 0, 1, 11, 0, 1), labels: null },
    polarity: 'light-on-dark',
    import: { transpose: false, fit: 'contain', background: 'black', invert: false },
    note: '9 train and 3 test images, divided by position: the last are held out',
    reading: { images: 12, skipped: [], duplicates: 0, leaked: 0 },
  })
  const split = async (splitSeed: number) => {
    const { train, test: held } = await loadDataset(`png:${dir}`, { splitSeed })
    expect(train.count + held.count).toBe(12)
    expect(Math.min(train.count, held.count)).toBeGreaterThan(0)
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
  expect(note).toBe('3 train and 1 test images, as the data is divided')
  const one = await loadDataset(join(dir, 'train'), { split: 'contiguous' })
  expect([...one.train.labels!, ...one.test.labels!]).toEqual([0, 1, 1])
})

test.each<[string, Record<string, Uint8Array | string>, string]>([
  ['no images', { 'a.txt': '' }, 'expected images, found none'],
  ['images beside classes', { 'cat/a.png': grey([1]), 'b.png': grey([1]) }, 'got 1 images beside cat'],
  [
    'two sizes',
    { 'a.png': grey([1, 2]), 'b.png': grey([1]), 'c.png': grey([1]) },
    'expected images of one size, got 2 of 1x1, 1 of 2x1. Give the size to train on with --size, such as --size 1x1',
  ],
  [
    'a file that is none',
    { 'a.png': 'text' },
    'a.png: expected a PNG, JPEG, WebP, AVIF, TIFF or GIF image, got ',
  ],
  ['a cut PNG', { 'a.png': grey([1, 2, 3]).subarray(0, 50) }, 'a.png: expected a PNG image, got '],
  [
    'one image',
    { 'a.png': grey([1]) },
    'myfaces: 1 image is too few to train: expected at least one to train on and one to test',
  ],
  [
    'a test class that training lacks',
    { 'train/cat/a.png': grey([1]), 'test/cow/b.png': grey([1]) },
    'expected test images with the classes of the training images (cat), got cow',
  ],
  [
    'test images of another size',
    { 'train/a.png': grey([1]), 'test/b.png': grey([1, 2]) },
    'expected images of one size, got 1 of 2x1, 1 of 1x1',
  ],
])('loadDataset refuses a folder with %s', async (_, files, message) => {
  await expect(loadDataset(`png:${folder(files)}`)).rejects.toThrow(message)
})

const images = (count: number) =>
  encodeIdx({ dims: [count, 1, 2], data: Uint8Array.from({ length: 2 * count }, (_, i) => i) })
const labels = (...data: number[]) => encodeIdx({ dims: [data.length], data: Uint8Array.from(data) })

test('a pair of idx files is read, raw or gzipped', async () => {
  const dir = folder({ 'x.idx.gz': gzipSync(images(3)), 'y.idx': labels(0, 2, 1) })
  const set = await loadDataset(`idx:${dir}/x.idx.gz,${dir}/y.idx`, { split: 'contiguous' })
  expect(set).toMatchObject({ name: 'x', height: 1, width: 2, classes: ['0', '1', '2'] })
  expect(set.train).toEqual({ count: 2, pixels: Uint8Array.of(0, 1, 2, 3), labels: Uint8Array.of(0, 2) })
  expect(set.test).toEqual({ count: 1, pixels: Uint8Array.of(4, 5), labels: Uint8Array.of(1) })
  expect((await loadDataset(`idx:${dir}/x.idx`)).train.labels).toBeNull()
})

test('a folder of files named as those of MNIST has its split', async () => {
  const unlabelled = {
    'train-images-idx3-ubyte.gz': gzipSync(images(3)),
    't10k-images-idx3-ubyte': images(1),
  }
  const bare = await loadDataset(`idx:${folder(unlabelled)}`)
  expect([bare.train.count, bare.test.count, bare.classes]).toEqual([3, 1, []])
  const labelled = {
    ...unlabelled,
    'train-labels-idx1-ubyte': labels(1, 0, 1),
    't10k-labels-idx1-ubyte.gz': gzipSync(labels(1)),
  }
  const set = await loadDataset(`idx:${folder(labelled)}`)
  expect([set.classes, [...set.train.labels!], [...set.test.labels!]]).toEqual([['0', '1'], [1, 0, 1], [1]])
})

test("a folder of EMNIST's files has their classes, their split and, transposed, their images", async () => {
  const dir = folder({
    'emnist-x-train-images-idx3-ubyte.gz': gzipSync(images(3)),
    'emnist-x-train-labels-idx1-ubyte.gz': gzipSync(labels(1, 2, 1)),
    'emnist-x-test-images-idx3-ubyte': images(1),
    'emnist-x-test-labels-idx1-ubyte': labels(2),
    'emnist-x-mapping.txt': '1 65 97\n2 66 98\n',
  })
  const set = await loadDataset(dir, { import: { transpose: true } })
  expect([set.width, set.height, set.classes]).toEqual([1, 2, ['Aa', 'Bb']])
  expect([[...set.train.labels!], [...set.test.labels!]]).toEqual([[0, 1, 0], [1]])
  const pair = `${dir}/emnist-x-train-images-idx3-ubyte,${dir}/emnist-x-train-labels-idx1-ubyte`
  expect((await loadDataset(`idx:${pair}`)).name).toBe('emnistx')
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
  ['a folder without idx files', { 'notes.txt': Uint8Array.of() }, '', 'found none'],
  [
    'a folder of files that say no part',
    { 'a-images-idx3-ubyte': images(2), 'b-images-idx3-ubyte': images(2) },
    '',
    'expected train, val, test or t10k before "images"',
  ],
])('loadDataset refuses idx files: %s', async (_, files, spec, message) => {
  const dir = folder(files)
  const paths = spec.split(',').map(name => join(dir, name))
  await expect(loadDataset(`idx:${paths.join(',')}`)).rejects.toThrow(message)
})

/** Twelve 2×2 images of two classes, each unlike the others. */
const classed = (count = 12) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, i) => [`${'ab'[i % 2]}/${i}.png`, grey([i, 0], [1, 2])] as const),
  )

test('a grown or thinned folder keeps every other image in its part', async () => {
  const parts = async (files: Record<string, Uint8Array>) => {
    const { train, test: held } = await loadDataset(folder(files))
    const first = ({ pixels }: { pixels: Uint8Array }) => [...pixels].filter((_, i) => i % 4 === 0)
    return { train: first(train), test: first(held) }
  }
  const small = await parts(classed(60))
  const grown = await parts(classed(80))
  expect(small.test.length).toBeGreaterThan(3)
  for (const image of small.test) expect(grown.test).toContain(image)
  for (const image of small.train) expect(grown.train).toContain(image)
  const { 'a/0.png': _, ...rest } = classed(60)
  const thinned = await parts(rest)
  expect(thinned.test).toEqual(small.test.filter(image => image !== 0))
})

test('equal images are in the same part of the split, and are counted', async () => {
  const files = { ...classed(), 'b/copy.png': grey([0, 0], [1, 2]), 'b/again.png': grey([1, 0], [1, 2]) }
  const { reading } = await loadDataset(folder(files))
  expect(reading).toEqual({ images: 14, skipped: [], duplicates: 2, leaked: 0 })
  const divided = folder({ 'train/a.png': grey([1]), 'train/b.png': grey([2]), 'test/c.png': grey([2]) })
  expect((await loadDataset(divided)).reading).toMatchObject({ duplicates: 0, leaked: 1 })
})

test('unreadable files are skipped, and named with class and reason', async () => {
  const dir = folder({
    ...classed(),
    'a/text.png': 'no image',
    'a/cut.png': grey([1, 2], [3, 4]).subarray(0, 40),
    'b/scan.bmp': 'BM',
    'b/notes.txt': 'no image at all',
    'empty/readme.md': '',
  })
  symlinkSync('/nowhere.png', join(dir, 'b/broken.png'))
  symlinkSync(dir, join(dir, 'b/loop'))
  const { reading, classes } = await loadDataset(dir)
  expect(classes).toEqual(['a', 'b'])
  expect(reading!.images).toBe(12)
  expect(
    reading!.skipped.map(({ path, label, reason }) => [relative(dir, path), label, reason]).sort(),
  ).toEqual([
    ['a/cut.png', 'a', expect.stringMatching(/^expected a PNG image, got /)],
    ['a/text.png', 'a', expect.stringMatching(/^expected a PNG, JPEG, WebP/)],
    ['b/broken.png', 'b', 'a link to a file that is not there'],
    ['b/loop', 'b', 'a link to a folder above it'],
    ['b/scan.bmp', 'b', 'a format that is not read'],
    ['empty', 'empty', 'a folder without images'],
  ])
})

test('linked folders, folders in folders and a wrapping folder are read', async () => {
  const dir = folder({
    'set/data/a/1.png': grey([1]),
    'set/data/a/deep/er/2.png': grey([2]),
    'elsewhere/3.png': grey([3]),
    'elsewhere/4.png': grey([4]),
  })
  symlinkSync('../../elsewhere', join(dir, 'set/data/b'))
  const { classes, train, test: held } = await loadDataset(join(dir, 'set'))
  expect(classes).toEqual(['a', 'b'])
  expect(train.count + held.count).toBe(4)
})

test('folders called train, val and test are a split, with the validation images held out from training', async () => {
  const dir = folder({
    'Train/a/1.png': grey([1]),
    'Train/b/2.png': grey([2]),
    'val/a/3.png': grey([3]),
    'test/b/4.png': grey([4]),
  })
  const set = await loadDataset(dir)
  expect(set.note).toBe('2 train, 1 validation and 1 test images, as the data is divided')
  expect([...set.train.pixels]).toEqual([1, 2, 3])
  expect([...set.validation!]).toEqual([2])
  expect([...set.test.pixels]).toEqual([4])
  const choice = { folds: 2, fold: 0, foldSeed: 0, split: 'shuffled' as const }
  expect(chooseFold(set, choice)).toEqual({ train: Uint32Array.of(0, 1), validation: Uint32Array.of(2) })
  await expect(
    loadDataset(folder({ 'train/1.png': grey([1]), 'test/2.png': grey([2]), 'more/3.png': grey([3]) })),
  ).rejects.toThrow('expected nothing beside the parts of a split (test, train), got more')
})

test.each([
  ['Training Set', 'Validation Set', 'Test Set'],
  ['train_images', 'valid', 'testing'],
  ['trainset', 'dev', 'eval'],
  ['TRAIN', 'Val', 'holdout'],
])('a split is known by other words: %s, %s, %s', async (...names) => {
  const dir = folder(Object.fromEntries(names.map((name, i) => [`${name}/a/1.png`, grey([i])])))
  const { train, validation, test: held } = await loadDataset(dir)
  expect([[...train.pixels], [...validation!], [...held.pixels]]).toEqual([[0, 1], [1], [2]])
})

test('a split within each class is one; folders beside a split that hold no images are named', async () => {
  const dir = folder({
    'cat/train/1.png': grey([1]),
    'cat/test/2.png': grey([2]),
    'dog/train/3.png': grey([3]),
    'dog/test/deep/4.png': grey([4]),
  })
  const { classes, train, test: held } = await loadDataset(dir)
  expect([classes, [...train.pixels], [...held.pixels]]).toEqual([
    ['cat', 'dog'],
    [1, 3],
    [2, 4],
  ])
  const beside = folder({ 'train/1.png': grey([1]), 'test/2.png': grey([2]), 'docs/readme.md': '' })
  const { reading } = await loadDataset(beside)
  expect(reading!.skipped).toMatchObject([{ path: join(beside, 'docs'), reason: 'a folder without images' }])
})

test('without labels sub-folders say nothing, and a table lacks its classes', async () => {
  const dir = folder({ 'a/1.png': grey([1]), 'b/2.png': grey([2]), '3.png': grey([3]) })
  await expect(loadDataset(dir)).rejects.toThrow('--no-labels')
  const set = await loadDataset(dir, { split: 'contiguous', import: { labels: false } })
  expect([set.classes, set.train.labels, [...set.train.pixels, ...set.test.pixels]]).toEqual([
    [],
    null,
    [3, 1, 2],
  ])
  const table = folder({ 't.csv': 'a,1\nb,2\n' })
  expect(await loadDataset(join(table, 't.csv'), { import: { labels: false } })).toMatchObject({
    classes: [],
  })
  await expect(loadDataset(table)).rejects.toThrow('it holds t.csv: name the file')
})

test('links that lead back, pipes and class names written in two ways do not mislead', async () => {
  const dir = folder({ 'e\u0301t\u00e9/1.png': grey([1]), 'ho/2.png': grey([2]) })
  execFileSync('mkfifo', [join(dir, 'ho/pipe.png')])
  symlinkSync('self.png', join(dir, 'ho/self.png'))
  const { classes, reading } = await loadDataset(dir)
  expect(classes).toEqual(['été'.normalize('NFC'), 'ho'])
  expect(reading!.skipped.map(({ reason }) => reason).sort()).toEqual(['a link to itself', 'no regular file'])
  const loop = folder({ 'readme.md': '' })
  symlinkSync('.', join(loop, 'loop'))
  await expect(loadDataset(loop)).rejects.toThrow('expected images, found none')
})

test('JPEG, WebP, GIF and TIFF are read as sharp made them, turned by EXIF, in grey', async () => {
  const rgb = Buffer.from(Array.from({ length: 16 * 8 * 3 }, (_, i) => (i % 3 === 0 ? 200 : 100)))
  const image = () => sharp(rgb, { raw: { width: 16, height: 8, channels: 3 } })
  const luma = Math.round(0.299 * 200 + 0.701 * 100)
  for (const bytes of [
    await image().jpeg({ quality: 100 }).toBuffer(),
    await image().webp({ lossless: true }).toBuffer(),
    await image().tiff().toBuffer(),
    await image().gif().toBuffer(),
  ]) {
    const { width, height, pixels } = await decodeImage(bytes, 'black')
    expect([width, height]).toEqual([16, 8])
    for (const level of toBytes(pixels)) expect(Math.abs(level - luma)).toBeLessThanOrEqual(3)
  }
  const turned = await image().withMetadata({ orientation: 6 }).jpeg().toBuffer()
  expect(await decodeImage(turned, 'black')).toMatchObject({ width: 8, height: 16 })
  const clear = await sharp({ create: { width: 2, height: 2, channels: 4, background: '#ff000000' } })
    .webp()
    .toBuffer()
  expect([...toBytes((await decodeImage(clear, 'white')).pixels)]).toEqual([255, 255, 255, 255])
})

test.each([1, 2, 3, 4, 5, 6, 7, 8])(
  'PNG and WebP are turned as their Exif orientation %i says',
  async orientation => {
    const raw = Uint8Array.from({ length: 6 }, (_, i) => 40 * i)
    const image = () =>
      sharp(raw, { raw: { width: 3, height: 2, channels: 1 } }).withMetadata({ orientation })
    for (const bytes of [await image().png().toBuffer(), await image().webp({ lossless: true }).toBuffer()]) {
      // libvips turns it by its own means.
      const turned = sharp(bytes).rotate().toColourspace('b-w').raw()
      const { data, info } = await turned.toBuffer({ resolveWithObject: true })
      const { width, height, pixels } = await decodeImage(bytes, 'black')
      expect([width, height, ...toBytes(pixels)]).toEqual([info.width, info.height, ...data])
    }
  },
)

test('crop, size, fit and invert are applied in that order', async () => {
  const dir = folder({
    'a.png': grey([0, 0, 0, 0], [0, 255, 255, 0], [0, 0, 0, 0]),
    'b.png': grey([9, 9, 9, 9], [9, 9, 9, 9], [9, 9, 9, 9]),
  })
  const first = async (options: ImportOptions) => {
    const set = await loadDataset(dir, { split: 'contiguous', import: options })
    return [set.width, set.height, ...set.train.pixels]
  }
  expect(await first({ crop: { left: 1, top: 1, width: 2, height: 1 } })).toEqual([2, 1, 255, 255])
  expect(await first({ size: { width: 2, height: 2 } })).toEqual(
    [2, 2, 0, 0, 85, 85].map((v, i) => (i < 2 ? v : expect.any(Number))),
  )
  expect(await first({ size: { width: 4, height: 4 }, background: 'white' })).toEqual([
    4, 4, 0, 0, 0, 0, 0, 255, 255, 0, 0, 0, 0, 0, 255, 255, 255, 255,
  ])
  expect(await first({ size: { width: 2, height: 3 }, fit: 'cover' })).toEqual([2, 3, 0, 0, 255, 255, 0, 0])
  expect(await first({ crop: { left: 0, top: 0, width: 2, height: 2 }, invert: true })).toEqual([
    2, 2, 255, 255, 255, 0,
  ])
  await expect(first({ crop: { left: 3, top: 0, width: 2, height: 1 } })).rejects.toThrow(
    'expected an image that holds the crop 2x1+3+0, got 4x3',
  )
})

test('labels that begin at 1 or have gaps are classes named by their numbers', async () => {
  const dir = folder({ x: images(5), y: labels(1, 26, 3, 1, 26) })
  const set = await loadDataset(`idx:${dir}/x,${dir}/y`, { split: 'contiguous' })
  expect(set.classes).toEqual(['1', '3', '26'])
  expect([...set.train.labels!, ...set.test.labels!]).toEqual([0, 2, 1, 0, 2])
})

test('polarity follows the edges, or the option', async () => {
  const ink = (ground: number, spot: number) => {
    const row = [ground, ground, ground, ground]
    return {
      '0.png': grey(row, [ground, spot, spot, ground], row),
      '1.png': grey(row, [ground, spot, ground, ground], row),
    }
  }
  expect((await loadDataset(folder(ink(0, 255)))).polarity).toBe('light-on-dark')
  expect((await loadDataset(folder(ink(250, 20)))).polarity).toBe('dark-on-light')
  expect((await loadDataset(folder(ink(120, 20)))).polarity).toBe('photograph')
  expect((await loadDataset(folder(ink(250, 20)), { import: { invert: true } })).polarity).toBe(
    'light-on-dark',
  )
  expect((await loadDataset(folder(ink(0, 255)), { import: { polarity: 'photograph' } })).polarity).toBe(
    'photograph',
  )
})

test('a folder named as a known set gets a name of its own', async () => {
  for (const [path, name] of [
    ['/x/mnist', 'mymnist'],
    ['/x/frey', 'myfrey'],
    ['/x/My Leaves.csv', 'myleaves'],
    ['/home/me/My Icons (v2)', 'myiconsv2'],
    ['/data/faces-images.gz', 'facesimages'],
    ['/x/…', 'images'],
  ]) {
    expect(nameFromPath(path)).toBe(name)
  }
  const dir = folder(classed())
  expect((await loadDataset(dir, { import: { name: 'leaves' } })).name).toBe('leaves')
})
