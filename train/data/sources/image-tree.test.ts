import { execFileSync } from 'node:child_process'
import { symlinkSync } from 'node:fs'
import { join, relative } from 'node:path'
import { expect, test } from 'vitest'
import { chooseFold } from '../choose-fold.ts'
import { loadDataset } from '../load-dataset.ts'
import { folderWriter, grey } from './testing/image-files.ts'

const folder = folderWriter()

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

test('unreadable files are skipped, and named with class and reason', async () => {
  const dir = folder({
    'a/0.png': grey([0, 0], [1, 2]),
    'b/1.png': grey([1, 0], [1, 2]),
    'a/2.png': grey([2, 0], [1, 2]),
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
  expect(reading!.images).toBe(3)
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
