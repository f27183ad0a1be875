import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { encode } from 'fast-png'
import { describe, expect, test } from 'vitest'
import { ROOT } from '../../edge/node/build.ts'
import { modelRequests } from './model-requests.ts'
import { cell, furthest, jsonOf, pngOf, problemOf } from './read-answers.ts'
import { type Api, TRAINED } from './servers.ts'

/** What every runtime answers to posted pictures of all kinds, and to bodies beyond the limits. */
export function picturesSuite(api: () => Api): void {
  const { ask, post, json, digit } = modelRequests(api)

  describe('PNG of any kind', () => {
    const encodeLevels = async (png: Uint8Array<ArrayBuffer>, query = '') =>
      (await jsonOf<{ mu: number[][] }>(await post(`${TRAINED}/encode${query}`, 'image/png', png))).mu[0]

    test('a PNG is resized, inverted if asked, and read in colour, with alpha, of 16 bits and with a palette', async () => {
      const { png, levels } = await digit()
      const expected = await encodeLevels(png)
      const size = { width: 28, height: 28 }
      const wide = new Uint8Array(84 * 84)
      for (let i = 0; i < wide.length; i++)
        wide[i] = levels[Math.floor(i / 84 / 3) * 28 + Math.floor((i % 84) / 3)]
      const variants: [string, Uint8Array, string?][] = [
        ['three times the size', encode({ width: 84, height: 84, data: wide, channels: 1 })],
        ['inverted', encode({ ...size, data: levels.map(v => 255 - v), channels: 1 }), '?invertInput=true'],
        ['rgb', encode({ ...size, data: Uint8Array.from([...levels].flatMap(v => [v, v, v])), channels: 3 })],
        [
          'white ink over nothing',
          encode({ ...size, data: Uint8Array.from([...levels].flatMap(v => [255, 255, 255, v])) }),
        ],
        [
          '16 bits',
          encode({ ...size, data: Uint16Array.from(levels, v => v * 257), channels: 1, depth: 16 }),
        ],
        ['interlaced', encode({ ...size, data: levels, channels: 1 }, { interlace: 'Adam7' })],
      ]
      for (const [name, bytes, query] of variants) {
        const mu = await encodeLevels(new Uint8Array(bytes), query)
        expect(furthest(mu, expected), name).toBeLessThan(1e-4)
      }
    })
    test('wide pictures are centred without distortion', async () => {
      const { png, levels } = await digit()
      const data = new Uint8Array(56 * 28)
      for (let i = 0; i < 784; i++) data[Math.floor(i / 28) * 56 + 14 + (i % 28)] = levels[i]
      const answer = await post(
        `${TRAINED}/reconstruct?compare=true`,
        'image/png',
        new Uint8Array(encode({ width: 56, height: 28, data, channels: 1 })),
      )
      const x = cell(await pngOf(answer), 0, 0, 28, 28)
      expect(x.slice(0, 7 * 28).every(level => level === 0)).toBe(true)
      expect(x.slice(21 * 28).every(level => level === 0)).toBe(true)
      const ink = (values: ArrayLike<number>) => Array.from(values).reduce((sum, v) => sum + v, 0)
      expect(ink(x) / ink(levels)).toBeCloseTo(0.25, 1)
      expect(png.length).toBeGreaterThan(0)
    })
  })

  describe('JPEG and WebP', () => {
    const file = (name: string) => readFile(path.join(ROOT, 'test/golden/pictures', name))
    const encode = async (name: string, type: string) =>
      (
        await jsonOf<{ mu: number[][] }>(
          await post(`${TRAINED}/encode`, type, Uint8Array.from(await file(name))),
        )
      ).mu[0]

    test.each([
      ['ring.jpg', 'image/jpeg', 0.1],
      ['ring-progressive.jpg', 'image/jpeg', 0.1],
      ['ring-exif.jpg', 'image/jpeg', 0.1],
      ['ring-lossy.webp', 'image/webp', 0.1],
      ['ring-lossless.webp', 'image/webp', 1e-5],
      ['ring-alpha.webp', 'image/webp', 1e-5],
    ])('%s gives the latents of the same picture as PNG', async (name, type, tolerance) => {
      expect(furthest(await encode(name, type), await encode('ring.png', 'image/png'))).toBeLessThan(
        tolerance,
      )
    })
    test('JPEG and WebP are read in JSON and forms too', async () => {
      const jpeg = await file('ring.jpg')
      const alone = await encode('ring.jpg', 'image/jpeg')
      const image = `data:image/jpeg;base64,${jpeg.toString('base64')}`
      expect(
        (await jsonOf<{ mu: number[][] }>(await json(`${TRAINED}/encode`, { images: [image] }))).mu[0],
      ).toEqual(alone)
      const form = new FormData()
      form.append('image', new Blob([Uint8Array.from(jpeg)], { type: 'image/jpeg' }), 'ring.jpg')
      const response = await ask(`${TRAINED}/encode`, { method: 'POST', body: form })
      expect((await jsonOf<{ mu: number[][] }>(response)).mu[0]).toEqual(alone)
    })
    test('JPEG and WebP files that are cut off, or state a size beyond the limit, are refused', async () => {
      const jpeg = Uint8Array.from(await file('ring.jpg'))
      const problem = await problemOf(await post(`${TRAINED}/encode`, 'image/jpeg', jpeg.subarray(0, 30)))
      expect(problem).toMatchObject({ status: 400, code: 'invalid-body' })
      const webp = Uint8Array.from(await file('ring-lossless.webp'))
      expect(
        (await problemOf(await post(`${TRAINED}/encode`, 'image/webp', webp.subarray(0, 40)))).code,
      ).toBe('invalid-body')
      const huge = jpeg.slice()
      const frame = huge.findIndex((byte, i) => byte === 0xff && huge[i + 1] === 0xc0)
      huge[frame + 5] = 0xff
      expect(await problemOf(await post(`${TRAINED}/encode`, 'image/jpeg', huge))).toMatchObject({
        status: 413,
        code: 'too-large',
      })
    })
  })

  describe('limits of a body', () => {
    test('pictures together have a limit of pixels, which is checked before they are decoded', async () => {
      const png = encode({ width: 1024, height: 1024, channels: 1, data: new Uint8Array(1024 * 1024) })
      const image = Buffer.from(png).toString('base64')
      const problem = await problemOf(await json(`${TRAINED}/encode`, { images: Array(5).fill(image) }))
      expect(problem).toMatchObject({ status: 413, code: 'too-large' })
      expect(problem.errors?.[0].got).toContain(`${5 * 1024 * 1024} pixels`)
    })
    test.each([
      ['a million wrong numbers', JSON.stringify({ images: [Array(400_000).fill(7)] }), 1],
      ['texts in place of numbers', JSON.stringify({ z: [Array(200_000).fill('0')] }), 1],
      ['many short lists', JSON.stringify({ z: Array(300_000).fill([]) }), 1],
      [
        'many unknown keys',
        JSON.stringify(Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`k${i}`, 0]))),
        8,
      ],
      ['lists in lists', `${'['.repeat(500_000)}${']'.repeat(500_000)}`, 1],
      [
        'a long text of digits as a stop',
        JSON.stringify({ stops: [`z:${'1'.repeat(200_000)}x`, 'seed:1'] }),
        1,
      ],
    ])('%s get a short answer', async (_, body, most) => {
      for (const operation of ['encode', 'decode', 'interpolate']) {
        const response = await post(`${TRAINED}/${operation}`, 'application/json', body)
        const problem = await problemOf(response)
        expect(problem.status).toBe(400)
        expect(problem.errors?.length).toBeGreaterThan(0)
        expect(problem.errors?.length).toBeLessThanOrEqual(Math.max(most, 8))
        expect(JSON.stringify(problem).length).toBeLessThan(5000)
      }
    })
    test('thousands of unknown parameters get a short answer', async () => {
      const query = Array.from({ length: 1300 }, (_, i) => `k${i}=`).join('&')
      const problem = await problemOf(await ask(`${TRAINED}/sample?${query}`))
      expect(problem.status).toBe(400)
      expect(JSON.stringify(problem).length).toBeLessThan(5000)
    })
  })
}
