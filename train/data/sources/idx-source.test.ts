import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { encodeIdx } from '../idx.ts'
import { loadDataset } from '../load-dataset.ts'
import { folderWriter } from './testing/image-files.ts'

const folder = folderWriter()

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

test('labels that begin at 1 or have gaps are classes named by their numbers', async () => {
  const dir = folder({ x: images(5), y: labels(1, 26, 3, 1, 26) })
  const set = await loadDataset(`idx:${dir}/x,${dir}/y`, { split: 'contiguous' })
  expect(set.classes).toEqual(['1', '3', '26'])
  expect([...set.train.labels!, ...set.test.labels!]).toEqual([0, 2, 1, 0, 2])
})

test.each<[string, Record<string, Uint8Array>, string, string]>([
  ['a file that is not there', {}, 'x', 'x or '],
  ['too few labels', { x: images(3), y: labels(1) }, 'x,y', 'y: expected 3 labels, one per image, got 1'],
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
