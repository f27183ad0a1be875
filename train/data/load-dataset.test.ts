import { expect, test } from 'vitest'
import { loadDataset, nameFromPath } from './load-dataset.ts'
import { folderWriter, grey } from './sources/testing/image-files.ts'

const folder = folderWriter()

/** Twelve 2×2 images of two classes, each unlike the others. */
const classed = (count = 12) =>
  Object.fromEntries(
    Array.from({ length: count }, (_, i) => [`${'ab'[i % 2]}/${i}.png`, grey([i, 0], [1, 2])] as const),
  )

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
