import { expect, test } from 'vitest'
import type { ImportOptions } from '../../step/configuration.ts'
import { loadDataset } from '../load-dataset.ts'
import { folderWriter, grey } from './testing/image-files.ts'

const folder = folderWriter()

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
