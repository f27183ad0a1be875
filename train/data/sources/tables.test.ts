import { randomBytes } from 'node:crypto'
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { encode } from 'fast-png'
import { zipSync } from 'fflate'
import { afterAll, expect, test } from 'vitest'
import { encodeNpy } from '../../../models/files/npy.ts'
import { decodeNpy } from '../../../models/files/npy-reader.ts'
import { loadDataset } from '../load-dataset.ts'

const root = mkdtempSync(join(tmpdir(), 'tables-'))
afterAll(() => rmSync(root, { recursive: true }))

/** Files that NumPy 2.4.6 wrote (np.save, np.savez), in base64: x is 0 … 11 as [3, 2, 2]. */
const NUMPY = JSON.parse(
  readFileSync(join(import.meta.dirname, 'golden', 'numpy-2.4.6.json'), 'utf8'),
) as Record<string, string>
const numpy = (name: string) => new Uint8Array(Buffer.from(NUMPY[name], 'base64'))

function file(name: string, content: Uint8Array | string): string {
  const path = join(mkdtempSync(join(root, 'f-')), name)
  writeFileSync(path, content)
  return path
}

const counting = Array.from({ length: 12 }, (_, i) => i)

test.each([
  ['u1', [3, 2, 2], counting],
  ['fortran', [3, 2, 2], counting],
  ['big', [3, 2, 2], counting.map(i => i / 16)],
  ['bool', [3, 2, 2], counting.map(i => Number(i > 5))],
  ['text', [3], ['cat', 'dog', 'cät']],
  ['int64', [3, 1], [7, 9, 7]],
])('decodeNpy reads what NumPy wrote: %s', (name, shape, values) => {
  const array = decodeNpy(numpy(name), 'f')
  expect(array.shape).toEqual(shape)
  expect(Array.from<number | string>(array.values)).toEqual(values)
})

test.each([
  ['a text', new TextEncoder().encode('text'), 'f: expected a .npy file'],
  ['a cut file', numpy('u1').subarray(0, -1), 'f: expected 140 bytes for shape 3 × 2 × 2, got 139'],
])('decodeNpy refuses %s', (_, bytes, message) => {
  expect(() => decodeNpy(bytes, 'f')).toThrow(message)
})

const last = { split: 'contiguous' as const }

test('a .npy file of images is read, alone or with one of labels', async () => {
  const images = file('x.npy', numpy('u1'))
  const bare = await loadDataset(images, last)
  expect(bare).toMatchObject({ name: 'x', height: 2, width: 2, classes: [] })
  expect([...bare.train.pixels, ...bare.test.pixels]).toEqual(counting)
  const named = await loadDataset(`npy:${images},${file('y.npy', numpy('text'))}`, last)
  expect([named.classes, [...named.train.labels!]]).toEqual([
    ['cat', 'cät', 'dog'],
    [0, 2],
  ])
  const floats = await loadDataset(file('f.npy', numpy('big')), last)
  expect([...floats.train.pixels]).toEqual(counting.slice(0, 8).map(i => Math.round((255 * i) / 16)))
})

test('an .npz keeps its parts, and one of unnamed arrays is images and one-hot labels', async () => {
  const set = await loadDataset(file('set.npz', numpy('npz')))
  expect(set.classes).toEqual(['3', '5'])
  expect([...set.train.pixels]).toEqual([...counting, 54, 55, 56, 57])
  expect([[...set.train.labels!], [...set.validation!], [...set.test.labels!]]).toEqual([
    [0, 1, 0, 0],
    [3],
    [1],
  ])
  const flat = await loadDataset(file('flat.npz', numpy('npz2')), last)
  expect([flat.height, flat.classes]).toEqual([2, ['0', '2']])
})

test('arrays that are not images are refused, with their type and shape', async () => {
  await expect(loadDataset(`npy:${file('y.npy', numpy('text'))}`)).rejects.toThrow(
    'expected images as numbers, got strings',
  )
  await expect(loadDataset(`npy:${file('y.npy', numpy('int64'))}`, last)).resolves.toMatchObject({
    height: 1,
    width: 1,
  })
  await expect(loadDataset(file('no.npz', 'text'))).rejects.toThrow('expected an .npz file (a zip of arrays)')
  await expect(loadDataset(`npz:${file('x.npz', numpy('npz'))},y.npy`)).rejects.toThrow(
    'expected one .npz file, which holds the labels too, got ',
  )
  const pair = `npy:${file('x.npy', numpy('npz2').subarray(0, 0))}`
  await expect(loadDataset(pair)).rejects.toThrow('expected a .npy file')
})

test('validation images without classes beside test images with classes are refused', async () => {
  const x = encodeNpy(Uint8Array.from(counting), [3, 2, 2])
  const y = encodeNpy(Uint8Array.of(1, 2, 1), [3])
  const npz = zipSync({
    'x_train.npy': x,
    'y_train.npy': y,
    'x_val.npy': x,
    'x_test.npy': x,
    'y_test.npy': y,
  })
  await expect(loadDataset(file('val.npz', npz))).rejects.toThrow(
    'expected training and validation images with classes, as test images have them, got 3 without',
  )
})

test('values that are not finite, and labels of another number than images, are refused', async () => {
  const values = Float32Array.of(0, 0.5, 1, Number.NaN)
  await expect(loadDataset(file('nan.npy', encodeNpy(values, [1, 2, 2])))).rejects.toThrow(
    'expected finite intensities, got NaN at element 3',
  )
  const images = encodeNpy(Uint8Array.from(counting), [3, 2, 2])
  const npz = (name: string) =>
    zipSync({ 'images.npy': images, [`${name}.npy`]: encodeNpy(Uint8Array.of(1, 2), [2]) })
  await expect(loadDataset(file('short.npz', npz('labels')))).rejects.toThrow(
    'expected 3 labels, one per image, got 2',
  )
  expect((await loadDataset(file('names.npz', npz('classes')), last)).classes).toEqual([])
})

const rows = (...lines: string[]) => `${lines.join('\n')}\n`

test.each<[string, string, string[], number[]]>([
  ['a label column first, no header', rows('7,0,1,2,255', '9,4,5,6,7'), ['7', '9'], [0, 1, 2, 255]],
  [
    'a header',
    rows('label,pixel0,pixel1,pixel2,pixel3', 'cat,0,1,2,255', 'dog,4,5,6,7'),
    ['cat', 'dog'],
    [0, 1, 2, 255],
  ],
  [
    'the label last, by name',
    rows('a,b,c,d,class', '0,1,2,255,cat', '4,5,6,7,dog'),
    ['cat', 'dog'],
    [0, 1, 2, 255],
  ],
  [
    'semicolons, quotes and a BOM',
    `\ufeff${rows('"label";p0;p1;p2;p3', '"a;b";0;1;2;255', 'c;4;5;6;7')}`,
    ['a;b', 'c'],
    [0, 1, 2, 255],
  ],
  ['fractions of white', rows('0,0.5,1,0.2', '0,0,0,1'), [], [0, 128, 255, 51]],
  [
    'pixels as text and usage',
    rows('emotion,pixels,Usage', '0,0 1 2 255,Training', '1,4 5 6 7,PublicTest', '0,8 8 8 8,PrivateTest'),
    ['0', '1'],
    [0, 1, 2, 255],
  ],
])('a CSV file with %s is read', async (_, text, classes, first) => {
  for (const path of [file('t.csv', text), file('t.csv.gz', gzipSync(text))]) {
    const set = await loadDataset(path, last)
    expect([set.height, set.width, set.classes]).toEqual([2, 2, classes])
    expect([...set.train.pixels.subarray(0, 4)]).toEqual(first)
  }
})

test.each<[string, string, string[]]>([
  ['numbers last', rows('0,1,2,0,7', '0,9,7,0,9', '0,5,5,0,7', '0,5,6,0,9'), ['7', '9']],
  ['numbers first', rows('7,0,1,2,0', '9,0,9,7,0', '7,0,5,5,0', '9,0,5,6,0'), ['7', '9']],
  ['words last', rows('0,1,2,0,cat', '0,9,7,0,dog'), ['cat', 'dog']],
  ['a header of another name, last', rows('a,b,c,d,species', '0,1,2,0,cat', '0,9,7,0,dog'), ['cat', 'dog']],
  ['a header of another name, numbers', rows('kind,a,b,c,d', '1,0,1,2,0', '2,0,9,7,0'), ['1', '2']],
  ['pixels as text', rows('3,0 1 2 0', '4,0 9 7 0'), ['3', '4']],
])('a CSV without a column called label has them by their looks: %s', async (_, text, classes) => {
  const set = await loadDataset(file('t.csv', text), last)
  expect([set.height, set.width, set.classes]).toEqual([2, 2, classes])
})

test('a CSV of 5 × 7 pixels and a label is no 6 × 6', async () => {
  const line = Array.from({ length: 35 }, (_, i) => i)
  const path = file('t.csv', rows(`a,${line}`, `b,${line.toReversed()}`))
  const set = await loadDataset(path, { ...last, import: { size: { width: 5, height: 7 } } })
  expect([set.width, set.height, set.classes]).toEqual([5, 7, ['a', 'b']])
})

test('a CSV with semicolons may have decimal commas', async () => {
  const path = file('semicolons.csv', rows('0,5;1;0;0,25;a', '1;0;0;0;b'))
  const set = await loadDataset(path, last)
  expect([set.classes, [...set.train.pixels]]).toEqual([
    ['a', 'b'],
    [128, 255, 0, 64],
  ])
})

test('a CSV of file names reads the images beside it', async () => {
  const path = file('list.csv', rows('filename,label', 'a.png,x', 'b.png,y', 'none.png,y'))
  for (const [name, level] of [
    ['a.png', 3],
    ['b.png', 4],
  ] as const) {
    const png = encode({ width: 1, height: 2, channels: 1, data: Uint8Array.of(level, 0) })
    writeFileSync(join(path, '..', name), png)
  }
  const set = await loadDataset(path, last)
  expect([set.height, set.classes, [...set.train.pixels]]).toEqual([2, ['x', 'y'], [3, 0]])
  expect(set.reading!.skipped).toMatchObject([
    { label: 'y', reason: expect.stringMatching(/^there is no such file$/) },
  ])
  const inverted = await loadDataset(path, { ...last, import: { invert: true } })
  expect([...inverted.train.pixels]).toEqual([252, 255])
})

test.each([
  [
    'rows that are no square',
    rows('1,2,3,4,5,6,7,8', '1,2,3,4,5,6,7,8'),
    'expected square images, got rows of 8 pixels; give their shape with --size WxH',
  ],
  ['a short row', rows('1,2,3,4', '1,2,3'), 'Invalid Record Length'],
  [
    'a word among the pixels',
    rows('1,2,3,4', '1,2,x,4'),
    'row 2: expected intensities from 0 to 255, got "x"',
  ],
  ['intensities beyond 255', rows('1,2,3,256'), 'row 1: expected intensities from 0 to 255, got "256"'],
  ['nothing', '', 'expected rows of images, found none'],
  ['another split', rows('p0,split', '1,b'), 'row 2: expected train, validation or test, got "b"'],
  [
    'a class of tests only',
    rows('label,p0,split', 'a,1,train', 'b,3,test'),
    'expected test images with the classes of the training images (a), got b',
  ],
])('a CSV file with %s is refused', async (_, text, message) => {
  await expect(loadDataset(`csv:${file('t.csv', text)}`)).rejects.toThrow(message)
})

test('a CSV of images that are not square has its shape from --size', async () => {
  const path = file('t.csv', rows('1,1,2,3,4,5,6', '2,1,2,3,4,5,7'))
  const set = await loadDataset(path, { ...last, import: { size: { width: 3, height: 2 } } })
  expect([set.width, set.height, set.classes, [...set.train.pixels]]).toEqual([
    3,
    2,
    ['1', '2'],
    [1, 2, 3, 4, 5, 6],
  ])
})

test('a gzipped CSV is closed after it has been read, and after an error', async () => {
  const open = (path: string) =>
    readdirSync('/proc/self/fd').filter(fd => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`) === path
      } catch {
        return false
      }
    })
  // Random intensities hardly compress: the file is still being read when its first line has come.
  const lines = Array.from({ length: 20_000 }, () => Array.from(randomBytes(16)).join(','))
  const good = file('good.csv.gz', gzipSync(rows(...lines)))
  await loadDataset(good, last)
  const bad = file('bad.csv.gz', gzipSync(rows('1,2,3,x', ...lines)))
  await expect(loadDataset(bad, last)).rejects.toThrow('Invalid Record Length')
  await expect.poll(() => [...open(good), ...open(bad)]).toEqual([])
})

test('the separator of a file without a line break is found without reading all of it', async () => {
  const path = file('array.csv', '5"')
  // Zeros that take no room on disk, more than a string can hold.
  truncateSync(path, 600e6)
  await expect(loadDataset(path, last)).rejects.toThrow('array.csv: Invalid Opening Quote')
})
