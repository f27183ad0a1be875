import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { encode } from 'fast-png'
import { describe, expect, test } from 'vitest'
import { ROOT } from '../../edge/node/build.ts'
import type { Card } from '../../models/card.ts'
import { bytesOf, cell, floatsOf, furthest, jsonOf, pngOf, problemOf, readNpy } from './read-answers.ts'
import { type Api, TRAINED } from './servers.ts'

interface Reconstructed {
  images: {
    mu: number[]
    logvar: number[]
    z: number[]
    bce: number
    mse: number
    l1: number
    kl: number
    xhat: number[]
  }[]
}

/** What every place must answer to posted images, latents and stops. */
export function uploadsSuite(api: () => Api): void {
  const ask = (path: string, init?: RequestInit) => api().fetch(`/v1/models/${path}`, init)
  const post = (path: string, type: string, body: BodyInit) =>
    ask(path, { method: 'POST', headers: { 'content-type': type }, body })
  const json = (path: string, body: unknown) => post(path, 'application/json', JSON.stringify(body))

  /** A digit as its grey levels, and as PNG. */
  async function digit(seed = 3) {
    const png = await bytesOf(await ask(`${TRAINED}/sample?seed=${seed}`))
    const { data } = await pngOf(new Response(png, { headers: { 'content-type': 'image/png' } }))
    return { png, levels: Uint8Array.from(data) }
  }

  describe('reconstruct and encode', () => {
    test('encode and reconstruct give the same result for PNG, bytes, JSON and forms', async () => {
      const { png, levels } = await digit()
      const path = `${TRAINED}/reconstruct?format=json`
      const first = await jsonOf<Reconstructed>(await post(path, 'image/png', png))
      expect(first.images).toHaveLength(1)
      expect(await jsonOf(await post(path, 'application/octet-stream', levels))).toEqual(first)
      const numbers = Array.from(levels, level => level / 255)
      expect(await jsonOf(await json(path, { images: [numbers] }))).toEqual(first)
      const base64 = Buffer.from(png).toString('base64')
      expect(await jsonOf(await json(path, { images: [`data:image/png;base64,${base64}`] }))).toEqual(first)
      const form = new FormData()
      form.append('image', new Blob([png], { type: 'image/png' }), 'digit.png')
      expect(await jsonOf(await ask(path, { method: 'POST', body: form }))).toEqual(first)
    })
    test('reconstruct returns the losses given by the formulas', async () => {
      const { levels } = await digit(5)
      const x = Array.from(levels, level => level / 255)
      const answer = await jsonOf<Reconstructed>(
        await json(`${TRAINED}/reconstruct?format=json`, { images: [x] }),
      )
      const [{ mu, logvar, z, bce, mse, l1, kl, xhat }] = answer.images
      expect(z).toEqual(mu)
      const mean = (loss: (x: number, p: number) => number) =>
        x.reduce((sum, value, i) => sum + loss(value, Math.min(1 - 1e-7, Math.max(1e-7, xhat[i]))), 0) /
        x.length
      expect(bce).toBeCloseTo(
        mean((t, p) => -t * Math.log(p) - (1 - t) * Math.log(1 - p)),
        3,
      )
      expect(mse).toBeCloseTo(
        mean((t, p) => (t - p) ** 2),
        5,
      )
      expect(l1).toBeCloseTo(
        mean((t, p) => Math.abs(t - p)),
        5,
      )
      const standard = mu.reduce((sum, m, k) => sum + 0.5 * (m * m + Math.exp(logvar[k]) - 1 - logvar[k]), 0)
      expect(kl).toBeCloseTo(standard, 6)
    })
    test('reconstruct with compare shows originals above reconstructions', async () => {
      const images = await Promise.all([1, 2, 3].map(seed => digit(seed)))
      const bytes = Buffer.concat(images.map(({ levels }) => levels))
      const path = `${TRAINED}/reconstruct?compare=true&columns=2`
      const sheet = await pngOf(await post(path, 'application/octet-stream', bytes))
      expect([sheet.width, sheet.height]).toEqual([56, 112])
      expect(cell(sheet, 0, 1, 28, 28)).toEqual(Array.from(images[1].levels))
      expect(cell(sheet, 2, 0, 28, 28)).toEqual(Array.from(images[2].levels))
    })
    test('reconstruct can draw from the posterior by seed', async () => {
      const { png } = await digit()
      const path = `${TRAINED}/reconstruct?format=json&latent=sampled&seed=4`
      const first = await jsonOf<Reconstructed>(await post(path, 'image/png', png))
      expect(first.images[0].z).not.toEqual(first.images[0].mu)
      expect(await jsonOf(await post(path, 'image/png', png))).toEqual(first)
    })
    test('encode gives mu and logvar of a VAE, z of an AE, and arrays head by head', async () => {
      const { png, levels } = await digit()
      const heads = await jsonOf<{ mu: number[][]; logvar: number[][] }>(
        await post(`${TRAINED}/encode`, 'image/png', png),
      )
      const two = Buffer.concat([levels, levels])
      const response = await post(`${TRAINED}/encode?format=npy`, 'application/octet-stream', two)
      const { shape, data } = readNpy(await bytesOf(response))
      expect(shape).toEqual([2, 2, 2])
      expect(furthest(data.subarray(0, 2), heads.mu[0])).toBeLessThan(1e-5)
      expect(furthest(data.subarray(6, 8), heads.logvar[0])).toBeLessThan(1e-5)
      const ae = await post('small-ae-z8/encode', 'application/octet-stream', new Uint8Array(560))
      expect(Object.keys(await jsonOf(ae))).toEqual(['model', 'version', 'z'])
      const lossy = await post(
        'small-ae-z8/reconstruct?format=json',
        'application/octet-stream',
        new Uint8Array(560),
      )
      expect((await jsonOf<Reconstructed>(lossy)).images[0]).not.toHaveProperty('kl')
    })
  })

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

  describe('latents and stops', () => {
    test('decode takes JSON and float32', async () => {
      const z = [
        [0.5, -1.25],
        [2, 0],
      ]
      const first = await jsonOf<{ xhat: number[][]; z: number[][] }>(
        await json(`${TRAINED}/decode?format=json`, { z }),
      )
      expect(first.z).toEqual(z)
      const raw = await post(
        `${TRAINED}/decode?format=f32`,
        'application/octet-stream',
        Float32Array.from(z.flat()),
      )
      expect(furthest(floatsOf(await bytesOf(raw)), first.xhat.flat())).toBeLessThan(1e-6)
    })
    test('interpolate passes posted images, seeds, classes and points', async () => {
      const { png } = await digit()
      const { mu } = await jsonOf<{ mu: number[][] }>(await post(`${TRAINED}/encode`, 'image/png', png))
      const image = Buffer.from(png).toString('base64')
      const stops = [{ image }, 'seed:2', { class: 4 }, { z: [0, 1] }]
      const { z } = await jsonOf<{ z: number[][] }>(
        await json(`${TRAINED}/interpolate?format=json&steps=4`, { stops }),
      )
      const card = await jsonOf<Card>(await ask(TRAINED))
      expect(furthest(z[0], mu[0])).toBeLessThan(1e-5)
      expect(furthest(z[2], card.latent.classes[4].mean)).toBeLessThan(1e-6)
      expect(z[3]).toEqual([0, 1])
      const form = new FormData()
      for (const name of ['a.png', 'b.png']) form.append('image', new Blob([png]), name)
      const posted = await ask(`${TRAINED}/interpolate?format=png&steps=3`, { method: 'POST', body: form })
      expect(await pngOf(posted)).toMatchObject({ width: 84 })
    })
  })

  describe('latents of the test set', () => {
    test('latents of the test set come with labels, and as the file itself', async () => {
      const all = await jsonOf<{ mu: number[][]; label: number[] }>(await ask(`${TRAINED}/latents`))
      expect(all.mu).toHaveLength(10_000)
      expect(all.label.slice(0, 5)).toEqual([7, 2, 1, 0, 4])
      const npy = readNpy(await bytesOf(await ask(`${TRAINED}/latents?format=npy&limit=3`)))
      expect(npy.shape).toEqual([3, 2])
      expect(Array.from(npy.data)).toEqual(all.mu.slice(0, 3).flat())
      const file = await bytesOf(await ask(`${TRAINED}/latents?format=safetensors`))
      expect(file).toEqual(await bytesOf(await ask(`${TRAINED}/latents.safetensors`)))
      expect(await jsonOf(await ask('small-ae-z8/latents'))).not.toHaveProperty('label')
    })
  })
}
