import { describe, expect, test } from 'vitest'
import { toHalf } from '../files/half.ts'
import { encodeSafetensors } from '../files/safetensors.ts'
import { pickImages, readLatents } from './encoded-set.ts'

describe('readLatents', () => {
  const mu = toHalf(Float32Array.of(0.5, -1, 2, 0.25, -3, 0))
  const tensor = { dtype: 'F16', shape: [3, 2], data: mu } as const
  const label = { dtype: 'U8', shape: [3], data: Uint8Array.of(7, 0, 9) } as const

  test('readLatents reads what the export writes, with and without labels', () => {
    const labelled = readLatents(
      Uint8Array.from(
        encodeSafetensors({ mu: { ...tensor, shape: [3, 2] }, label: { ...label, shape: [3] } }),
      ),
    )
    expect([...labelled.mu]).toEqual([0.5, -1, 2, 0.25, -3, 0])
    expect([...labelled.label!]).toEqual([7, 0, 9])
    expect(labelled.images).toBe(3)
    const plain = readLatents(Uint8Array.from(encodeSafetensors({ mu: { ...tensor, shape: [3, 2] } })))
    expect(plain.label).toBeUndefined()
  })

  test('readLatents refuses a file without mu', () => {
    expect(() =>
      readLatents(Uint8Array.from(encodeSafetensors({ label: { ...label, shape: [3] } }))),
    ).toThrow('latents: expected a tensor mu of halves')
  })
})

test('images for a row are the first of each class, then the second; evenly spread where there are no classes', () => {
  const label = Uint8Array.from([7, 2, 1, 0, 1, 0, 7, 2, 2])
  expect(pickImages(label, 9, 4)).toEqual([3, 2, 1, 0])
  expect(pickImages(label, 9, 6)).toEqual([3, 2, 1, 0, 5, 4])
  expect(pickImages(undefined, 400, 10)).toEqual([0, 40, 80, 120, 160, 200, 240, 280, 320, 360])
  expect(pickImages(undefined, 3, 10)).toHaveLength(3)
})
