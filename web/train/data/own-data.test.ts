import fc from 'fast-check'
import { expect, test } from 'vitest'
import { makeOwnData } from './own-data.ts'

const image = (label: string, k: number) => ({ pixels: Uint8Array.from({ length: 4 }, () => k % 256), label })

test('a fifth of each class is held out, and every class is trained on', () => {
  const labels = [
    'a',
    'a',
    'b',
    'c',
    'a',
    'c',
    'c',
    'b',
    'a',
    'a',
    'b',
    'b',
    'b',
    'a',
    'c',
    'c',
    'a',
    'a',
    'a',
    'a',
  ]
  const { train, test, classes } = makeOwnData(labels.map(image), 2)
  expect(classes).toEqual(['a', 'b', 'c'])
  expect([train.count, test.count]).toEqual([16, 4])
  expect([...test.labels!].sort()).toEqual([0, 0, 1, 2])
})

test('any images divide into two parts without loss, and no class is held out whole', () => {
  const labels = fc.array(fc.constantFrom('x', 'y', 'z', ''), { minLength: 10, maxLength: 60 })
  fc.assert(
    fc.property(labels, all => {
      const { train, test } = makeOwnData(all.map(image), 2)
      expect(test.count).toBeGreaterThan(0)
      const first = (pixels: Uint8Array) => [...pixels].filter((_, i) => i % 4 === 0)
      const both = [...first(train.pixels), ...first(test.pixels)].sort((a, b) => a - b)
      expect(both).toEqual(all.map((_, k) => k))
      for (const label of test.labels ?? []) expect(train.labels).toContain(label)
    }),
  )
})

test('one folder is no class, nor are as many folders as images', () => {
  expect(
    makeOwnData(
      Array.from({ length: 12 }, (_, k) => image('all', k)),
      2,
    ).train.labels,
  ).toBeNull()
  expect(
    makeOwnData(
      Array.from({ length: 12 }, (_, k) => image(`${k}`, k)),
      2,
    ).classes,
  ).toEqual([])
})

test('too few images are refused with the number that is needed', () => {
  expect(() => makeOwnData([image('', 1)], 2)).toThrow('At least 10 images are needed')
})
