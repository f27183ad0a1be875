import { describe, expect, test } from 'vitest'
import type { Card } from '../../models/card.ts'
import { modelRequests } from './model-requests.ts'
import { bytesOf, cell, floatsOf, furthest, jsonOf, pngOf, readNpy } from './read-answers.ts'
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

/** What every runtime answers to posted images, latents and stops. */
export function uploadsSuite(api: () => Api): void {
  const { ask, post, json, digit } = modelRequests(api)

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
