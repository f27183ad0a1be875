import { describe, expect, test } from 'vitest'
import type { Card } from '../../models/card.ts'
import { drawPrior } from '../../models/latent/draws.ts'
import {
  apngOf,
  bytesOf,
  cell,
  floatsOf,
  furthest,
  jsonOf,
  pngOf,
  readEvents,
  readNpy,
} from './read-answers.ts'
import { type Api, TRAINED } from './servers.ts'

interface Decoded {
  model: string
  version: string
  seed?: number
  z: number[][]
  xhat: number[][]
  shape: [number, number]
}

/** What every runtime answers to requests for pictures by URL. */
export function imagesSuite(api: () => Api): void {
  const ask = (path: string, init?: RequestInit) => api().fetch(`/v1/models/${path}`, init)
  const decoded = async (path: string) => jsonOf<Decoded>(await ask(`${path}&format=json`))
  const levels = (row: number[]) => row.map(value => Math.round(value * 255))

  describe('sample', () => {
    test('sample returns a contact sheet with the same bytes each time', async () => {
      const first = await ask(`${TRAINED}/sample?n=16&seed=7`)
      const bytes = await bytesOf(first)
      expect(await bytesOf(await ask(`${TRAINED}/sample?n=16&seed=7`))).toEqual(bytes)
      expect(await pngOf(await ask(`${TRAINED}/sample?seed=7&n=16`))).toMatchObject({
        width: 112,
        height: 112,
      })
      expect(first.headers.get('x-seed')).toBe('7')
      expect(first.headers.get('server-timing')).toMatch(/^decode;dur=\d+\.\d+, encode-image;dur=\d+\.\d+$/)
    })
    test('sample draws the same z as the library, in every format', async () => {
      const json = await decoded(`${TRAINED}/sample?n=5&seed=11&temperature=0.8`)
      expect(json).toMatchObject({ model: TRAINED, seed: 11, shape: [28, 28] })
      const card = await jsonOf<Card>(await ask(TRAINED))
      expect(json.version).toBe(card.version)
      expect(Float32Array.from(json.z.flat())).toEqual(drawPrior(card.prior, 5, 11, 0.8))
      const query = `${TRAINED}/sample?n=5&seed=11&temperature=0.8`
      const npy = readNpy(await bytesOf(await ask(`${query}&format=npy`)))
      expect(npy.shape).toEqual([5, 28, 28])
      expect(furthest(npy.data, json.xhat.flat())).toBeLessThan(1e-6)
      const f32 = await ask(`${query}&format=f32`)
      expect(f32.headers.get('x-shape')).toBe('5,28,28')
      expect(floatsOf(await bytesOf(f32))).toEqual(npy.data)
      const sheet = await pngOf(await ask(`${query}&columns=5`))
      for (let i = 0; i < 5; i++) {
        expect(furthest(cell(sheet, 0, i, 28, 28), levels(json.xhat[i]))).toBeLessThanOrEqual(1)
      }
    })
    test('sample scales by nearest neighbour and inverts exactly', async () => {
      const plain = await pngOf(await ask(`${TRAINED}/sample?n=3&seed=2&columns=2`))
      const large = await pngOf(await ask(`${TRAINED}/sample?n=3&seed=2&columns=2&scale=3&invert=true`))
      expect([large.width, large.height]).toEqual([168, 168])
      for (let y = 0; y < large.height; y++) {
        for (let x = 0; x < large.width; x++) {
          const source = plain.data[Math.floor(y / 3) * plain.width + Math.floor(x / 3)]
          if (large.data[y * large.width + x] !== 255 - source) throw new Error(`pixel ${x},${y}`)
        }
      }
    })
    test('sample puts its sheet into the middle of a frame, and refuses one that is too small or too large', async () => {
      const query = `${TRAINED}/sample?n=3&seed=2&columns=3`
      const plain = await pngOf(await ask(query))
      const framed = await pngOf(await ask(`${query}&frame=100x40`))
      expect([framed.width, framed.height]).toEqual([100, 40])
      for (let y = 0; y < 40; y++) {
        for (let x = 0; x < 100; x++) {
          const [column, row] = [x - 8, y - 6]
          const isInside = column >= 0 && column < 84 && row >= 0 && row < 28
          const expected = isInside ? plain.data[row * 84 + column] : plain.data[0]
          if (framed.data[y * 100 + x] !== expected) throw new Error(`pixel ${x},${y}`)
        }
      }
      for (const frame of ['83x40', '9999x9999', '0x40', '100 x 40']) {
        const response = await ask(`${query}&frame=${encodeURIComponent(frame)}`)
        expect([frame, response.status]).toEqual([frame, 400])
        await response.arrayBuffer()
      }
    })
    test('sample uses the prior, temperature and classes of the card', async () => {
      const mean = await decoded('shifted-vae-z3/sample?seed=1&temperature=0')
      expect(mean.z).toEqual([[5, 10, -1]])
      const named = await decoded('shifted-vae-z3/sample?seed=1&n=2&class=ankle%20boot')
      expect(await decoded('shifted-vae-z3/sample?seed=1&n=2&class=2')).toEqual(named)
      const centre = await decoded('shifted-vae-z3/sample?seed=1&temperature=0&class=Bag')
      const card = await jsonOf<Card>(await ask('shifted-vae-z3'))
      expect(furthest(centre.z[0], card.latent.classes[1].mean)).toBeLessThan(1e-6)
    })
    test('sample without a seed returns the drawn seed and the URL of the same response', async () => {
      const random = await ask(`${TRAINED}/sample?n=2`)
      const bytes = await bytesOf(random)
      expect(random.headers.get('cache-control')).toBe('no-store')
      const again = await api().fetch(random.headers.get('content-location') ?? '')
      expect(await bytesOf(again)).toEqual(bytes)
      expect(again.headers.get('x-seed')).toBe(random.headers.get('x-seed'))
      const other = await ask(`${TRAINED}/sample?n=2`)
      expect(other.headers.get('x-seed')).not.toBe(random.headers.get('x-seed'))
    })
  })

  describe('interpolate', () => {
    const way = `${TRAINED}/interpolate?from=seed:1&to=class:7&steps=5`
    test('interpolate returns the same frames as a strip, an animation and arrays', async () => {
      const json = await decoded(way)
      expect(json.z).toHaveLength(5)
      expect(await pngOf(await ask(way))).toMatchObject({ width: 140, height: 28 })
      const apng = await apngOf(await ask(`${way}&format=apng&delay=250&scale=2`))
      expect(apng).toMatchObject({ width: 56, height: 56, numberOfFrames: 5, numberOfPlays: 0 })
      expect(apng.frames[0].delayNumber / apng.frames[0].delayDenominator).toBe(0.25)
      apng.frames.forEach((frame, i) => {
        const small = Array.from(
          { length: 784 },
          (_, k) => frame.data[Math.floor(k / 28) * 112 + (k % 28) * 2],
        )
        expect(furthest(small, levels(json.xhat[i]))).toBeLessThanOrEqual(1)
      })
      expect(readNpy(await bytesOf(await ask(`${way}&format=npy`))).shape).toEqual([5, 28, 28])
    })
    test('interpolate starts and ends at its endpoints and passes the stops between them, with lerp and slerp', async () => {
      const card = await jsonOf<Card>(await ask(TRAINED))
      const lerp = await decoded(way)
      expect(Float32Array.from(lerp.z[0])).toEqual(drawPrior(card.prior, 1, 1))
      expect(furthest(lerp.z[4], card.latent.classes[7].mean)).toBeLessThan(1e-6)
      expect(
        furthest(
          lerp.z[2],
          [0, 1].map(k => (lerp.z[0][k] + lerp.z[4][k]) / 2),
        ),
      ).toBeLessThan(1e-6)
      const arc = await decoded(`${TRAINED}/interpolate?from=z:1,0&to=z:0,1&steps=3&path=slerp`)
      expect(furthest(arc.z[1], [Math.SQRT1_2, Math.SQRT1_2])).toBeLessThan(1e-6)
      const via = await decoded(`${TRAINED}/interpolate?from=z:1,0&to=z:0,1&via=z:2,2;z:-1,3&steps=4`)
      expect(via.z).toEqual([
        [1, 0],
        [2, 2],
        [-1, 3],
        [0, 1],
      ])
    })
    test('interpolate streams frame by frame', async () => {
      const json = await decoded(way)
      const response = await ask(way, { headers: { accept: 'text/event-stream' } })
      expect(response.headers.get('content-type')).toBe('text/event-stream')
      const events = readEvents(await response.text())
      expect(events.map(({ event }) => event)).toEqual(['start', ...json.z.map(() => 'frame'), 'end'])
      expect(events[0].data).toMatchObject({ model: TRAINED, version: json.version })
      expect(events.slice(1, -1).map(({ data }) => data.z)).toEqual(json.z)
      const png = String(events[1].data.png).replace('data:image/png;base64,', '')
      expect(Buffer.from(png, 'base64').subarray(1, 4).toString()).toBe('PNG')
    })
  })

  describe('decode and grid', () => {
    test('decode takes one point or several', async () => {
      const both = await decoded(`${TRAINED}/decode?z=0.5,-1.2;1,1`)
      expect(both.z.map(row => row.map(v => Math.fround(v)))).toEqual([
        [0.5, Math.fround(-1.2)],
        [1, 1],
      ])
      const one = await decoded(`${TRAINED}/decode?z=1,1`)
      expect(furthest(one.xhat[0], both.xhat[1])).toBeLessThan(1e-5)
    })
    test('grid coordinates increase to the right and upwards, in deviations of the prior', async () => {
      const { z } = await decoded('shifted-vae-z3/grid?size=3&range=2&dims=2,1')
      expect(z).toHaveLength(9)
      expect(z[0]).toEqual([5, 14, -2])
      expect(z[8]).toEqual([5, 6, 0])
      const sheet = await pngOf(await ask('shifted-vae-z3/grid?size=3&range=2&dims=2,1'))
      const corner = await pngOf(await ask('shifted-vae-z3/decode?z=5,14,-2'))
      expect(furthest(cell(sheet, 0, 0, 28, 28), corner.data)).toBeLessThanOrEqual(1)
    })
    test('images are clipped to black and white if the model’s output is outside that range', async () => {
      expect(await pngOf(await ask('line-vae-z1/decode?z=900'))).toMatchObject({ width: 8, height: 8 })
    })
  })
}
