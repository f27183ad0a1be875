import { readFile } from 'node:fs/promises'
import { InferenceSession, Tensor } from 'onnxruntime-node'
import { beforeAll, describe, expect, test } from 'vitest'
import { PHOTOGRAPHS, takePhotograph } from '../../../test/support/photographs.ts'
import { otsu } from './otsu.ts'
import { removePaper } from './paper.ts'
import { type PhotoStep, readPhoto } from './read-photo.ts'

describe('readPhoto', () => {
  let judge: InferenceSession
  beforeAll(async () => {
    judge = await InferenceSession.create(await readFile('models/judges/mnist/classifier.onnx'))
  })
  async function digitOf(pixels: Float32Array): Promise<number> {
    const { logits } = await judge.run({ x: new Tensor('float32', pixels, [1, 784]) })
    const values = logits.data as Float32Array
    return values.indexOf(Math.max(...values))
  }
  const taken = PHOTOGRAPHS.map(photo => ({ ...photo, picture: takePhotograph(photo) }))
  const read = ({ picture }: (typeof taken)[number], off: PhotoStep[] = []) =>
    readPhoto(picture, 28, new Set(off)).at(-1)!.picture.pixels

  test.each(taken.map(photo => [photo.what, photo] as const))(
    'reads the digit of a photograph with %s',
    async (_, photo) => {
      expect(await digitOf(read(photo))).toBe(photo.digit)
    },
  )

  test('readPhoto reads fewer digits with any of its steps left out', async () => {
    const off: PhotoStep[] = ['paper', 'threshold', 'strokes', 'thicken']
    let right = 0
    for (const photo of taken) right += Number((await digitOf(read(photo, off))) === photo.digit)
    expect(right).toBeLessThan(5)
  })

  test('readPhoto returns each step, and states which were left out', () => {
    const stages = readPhoto(taken[3].picture, 28, new Set<PhotoStep>(['strokes']))
    expect(stages.map(({ step, applied }) => [step, applied])).toEqual([
      ['paper', true],
      ['threshold', true],
      ['strokes', false],
      ['thicken', true],
      ['centre', true],
    ])
  })

  test('readPhoto gives an empty image for a sheet without a digit', () => {
    const blank = { width: 120, height: 90, pixels: new Float32Array(10800).fill(0.8) }
    expect(
      readPhoto(blank, 28)
        .at(-1)!
        .picture.pixels.some(v => v > 0),
    ).toBe(false)
  })
})

describe('removePaper', () => {
  test('removePaper gives the same ink for the same writing under any even light', () => {
    const photo = takePhotograph({ ...PHOTOGRAPHS[2], noise: 0 })
    const dim = { ...photo, pixels: photo.pixels.map(value => value * 0.4) }
    const [bright, dark] = [removePaper(photo).pixels, removePaper(dim).pixels]
    const apart = bright.reduce((most, value, i) => Math.max(most, Math.abs(value - dark[i])), 0)
    expect(apart).toBeLessThan(1e-5)
  })
})

describe('otsu', () => {
  test('otsu divides two values between them, with all of the variance between the parts', () => {
    const { threshold, separation } = otsu([0.1, 0.1, 0.1, 0.7])
    expect(threshold).toBeGreaterThan(0.1)
    expect(threshold).toBeLessThanOrEqual(0.7)
    expect(separation).toBeCloseTo(1, 6)
  })

  test('otsu divides a uniform distribution in its middle, with three quarters of its variance between the parts', () => {
    const { threshold, separation } = otsu(Array.from({ length: 2560 }, (_, i) => i / 2560))
    expect(threshold).toBeCloseTo(0.5, 2)
    expect(separation).toBeCloseTo(0.75, 3)
  })

  test('otsu finds the threshold of the largest variance between the parts, as trying all thresholds does', () => {
    const values = Array.from({ length: 400 }, (_, i) => ((i * 37) % 100) / 250 + (i % 3 === 0 ? 0.5 : 0))
    const between = (threshold: number) => {
      const parts = [values.filter(v => v <= threshold), values.filter(v => v > threshold)]
      if (parts.some(part => part.length === 0)) return 0
      const [low, high] = parts.map(part => part.reduce((sum, v) => sum + v, 0) / part.length)
      return parts[0].length * parts[1].length * (high - low) ** 2
    }
    const best = Math.max(...Array.from({ length: 1000 }, (_, i) => between(i / 1000)))
    expect(between(otsu(values).threshold) / best).toBeGreaterThan(0.999)
  })
})
