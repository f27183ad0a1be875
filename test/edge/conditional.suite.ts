import { describe, expect, test } from 'vitest'
import type { Card } from '../../models/card.ts'
import { drawSamples, drawStyle, splitPoints, styleLatent } from '../../models/draws.ts'
import { createRunner } from '../../models/onnx/plain-runtime.ts'
import { readMlp } from '../../models/onnx/read-mlp.ts'
import {
  apngOf,
  bytesOf,
  cell,
  floatsOf,
  furthest,
  jsonOf,
  pngOf,
  problemOf,
  readEvents,
  readNpy,
} from './read-answers.ts'
import { type Api, CONDITIONAL, TRAINED } from './servers.ts'

interface Decoded {
  z: number[][]
  y: number[][]
  xhat: number[][]
  seed?: number
}
type Written = Decoded & { text: string; characters: { character: string; class: string; left: number }[] }

/** What every runtime answers for a model that reads a class, and for texts. */
export function conditionalSuite(api: () => Api): void {
  const ask = (path: string, init?: RequestInit) => api().fetch(`/v1/models/${path}`, init)
  const decoded = async <T = Decoded>(path: string) => jsonOf<T>(await ask(`${path}&format=json`))
  const cardOf = async (id: string) => jsonOf<Card>(await ask(id))
  const refusal = async (path: string, init?: RequestInit) => {
    const { errors } = await problemOf(await ask(path, init))
    return errors?.[0]
  }
  /** The model in plain TypeScript: rows of (z, y) or (x, y) to outputs. */
  const plain = async (part: 'encoder' | 'decoder') => {
    const run = createRunner(readMlp(await bytesOf(await ask(`${CONDITIONAL}/${part}.onnx`))))
    return (row: readonly number[]) => {
      const outputs = run(Float32Array.from(row), 1)
      return Object.fromEntries(Object.entries(outputs).map(([name, values]) => [name, Array.from(values)]))
    }
  }
  const oneHot = (label: number) => Array.from({ length: 10 }, (_, k) => (k === label ? 1 : 0))

  describe('sample of a conditional model', () => {
    test('sample draws points from the density, and decodes each with its class', async () => {
      const card = await cardOf(CONDITIONAL)
      const any = await decoded(`${CONDITIONAL}/sample?n=40&seed=9`)
      const expected = splitPoints(drawSamples(card, { n: 40, seed: 9 }), card.architecture)
      expect(Float32Array.from(any.z.flat())).toEqual(expected.z)
      expect(Float32Array.from(any.y.flat())).toEqual(expected.y)
      expect(new Set(any.y.map(row => row.indexOf(1))).size).toBeGreaterThan(3)
      const decode = await plain('decoder')
      any.z.slice(0, 3).forEach((z, i) => {
        expect(furthest(any.xhat[i], decode([...z, ...any.y[i]]).xhat)).toBeLessThan(1e-5)
      })
    })
    test('sample of a class decodes that class, from the density or the prior', async () => {
      const card = await cardOf(CONDITIONAL)
      for (const from of ['density', 'prior'] as const) {
        const { z, y } = await decoded(`${CONDITIONAL}/sample?n=3&seed=9&class=4&from=${from}`)
        const points = splitPoints(drawSamples(card, { n: 3, seed: 9, class: 4, from }), card.architecture)
        expect(Float32Array.from(z.flat())).toEqual(points.z)
        expect(y).toEqual([oneHot(4), oneHot(4), oneHot(4)])
      }
    })
    test('sample without a density in the card, or of a class from the prior of an unconditional model, is refused', async () => {
      expect(await refusal(`${TRAINED}/sample?from=density`)).toMatchObject({ field: 'from' })
      expect(await refusal(`${TRAINED}/sample?from=prior&class=3`)).toMatchObject({ field: 'from' })
      expect(await refusal(`${TRAINED}/sample?from=x`)).toMatchObject({ field: 'from' })
    })
  })

  describe('write', () => {
    test('write draws each character in one style, with the same bytes for one seed', async () => {
      const card = await cardOf(CONDITIONAL)
      const query = `${CONDITIONAL}/write?text=20-6%201&seed=7`
      const json = await decoded<Written>(query)
      expect(json).toMatchObject({ text: '20-6 1', seed: 7 })
      expect(json.characters.map(({ character, left }) => [character, left])).toEqual([
        ['2', 0],
        ['0', 28],
        ['6', 70],
        ['1', 112],
      ])
      const style = drawStyle(card, 7)
      const latents = [2, 0, 6, 1].map(label => [...styleLatent(card.latent.classes[label], style)])
      expect(json.z).toEqual(latents)
      expect(json.y).toEqual([2, 0, 6, 1].map(oneHot))
      const decode = await plain('decoder')
      expect(furthest(json.xhat[2], decode([...latents[2], ...oneHot(6)]).xhat)).toBeLessThan(1e-5)
      const bytes = await bytesOf(await ask(query))
      expect(await bytesOf(await ask(query))).toEqual(bytes)
      expect(await bytesOf(await ask(`${CONDITIONAL}/write?text=20-6%201&style=seed:7`))).toEqual(bytes)
    })
    test('write returns a line with gaps, an animation that adds one character per frame, or an array', async () => {
      const query = `${CONDITIONAL}/write?text=4-2&seed=3`
      const { xhat } = await decoded<Written>(query)
      const picture = await pngOf(await ask(query))
      expect(picture).toMatchObject({ width: 70, height: 28 })
      const line = Uint8Array.from(picture.data)
      const level = (value: number) => Math.round(value * 255)
      const columns = (from: number) =>
        Array.from({ length: 784 }, (_, i) => line[Math.floor(i / 28) * 70 + from + (i % 28)])
      expect(furthest(columns(0), xhat[0].map(level))).toBeLessThanOrEqual(1)
      expect(furthest(columns(42), xhat[1].map(level))).toBeLessThanOrEqual(1)
      for (let y = 0; y < 28; y++) {
        expect([...line.subarray(y * 70 + 28, y * 70 + 42)]).toEqual(Array(14).fill(0))
      }
      const drawn = await apngOf(await ask(`${query}&format=apng&delay=200`))
      expect(drawn).toMatchObject({ width: 70, height: 28, numberOfFrames: 2 })
      expect(drawn.frames.map(frame => frame.delayNumber)).toEqual([200, 1600])
      expect([...drawn.frames[1].data]).toEqual([...line])
      const first = Array.from(line, (value, i) => (i % 70 < 28 ? value : 0))
      expect([...drawn.frames[0].data]).toEqual(first)
      const npy = readNpy(await bytesOf(await ask(`${query}&format=npy`)))
      expect(npy.shape).toEqual([28, 70])
      expect(furthest(npy.data.subarray(0, 28), xhat[0].slice(0, 28))).toBeLessThan(1e-6)
      const inverted = await pngOf(await ask(`${query}&invert=true&scale=2`))
      expect([inverted.width, inverted.data[2 * 30]]).toEqual([140, 255])
    })
    test('write takes a latent as style, or the latent of a posted image', async () => {
      const given = await decoded<Written>(`${CONDITIONAL}/write?text=12&style=z:1,0,-1,0.5,0`)
      expect(given.z).toEqual([
        [1, 0, -1, 0.5, 0],
        [1, 0, -1, 0.5, 0],
      ])
      expect(given.seed).toBeUndefined()
      const pixels = Uint8Array.from({ length: 784 }, (_, i) => (i * 91) % 256)
      const post = (query: string, body: Uint8Array<ArrayBuffer> = pixels) =>
        ask(`${CONDITIONAL}/${query}`, {
          method: 'POST',
          headers: { 'content-type': 'application/octet-stream' },
          body,
        })
      const encode = await plain('encoder')
      const { mu } = encode([...Array.from(pixels, byte => byte / 255), ...oneHot(3)])
      const written = await jsonOf<Written>(await post('write?text=83&class=3&format=json'))
      expect(written.y).toEqual([oneHot(8), oneHot(3)])
      // The image's own class is written with the image's own latent, another at the same place of its Gaussian.
      expect(furthest(written.z[1], mu)).toBeLessThan(1e-4)
      const { classes } = (await cardOf(CONDITIONAL)).latent
      const shift = classes[8].mean.map((mean, k) => mean - classes[3].mean[k])
      // The fixture's covariances are equal, so the two differ by their means.
      const moved = mu.map((value, k) => value + shift[k])
      expect(furthest(written.z[0], moved)).toBeLessThan(1e-4)
      const two = Uint8Array.from({ length: 2 * 784 })
      expect(await problemOf(await post('write?text=80', two))).toMatchObject({ code: 'invalid-value' })
    })
    test('write with an unconditional model draws each class with the same seed', async () => {
      const written = await decoded<Written>(`${TRAINED}/write?text=31&seed=7&temperature=1`)
      for (const [i, label] of [3, 1].entries()) {
        const { z, xhat } = await decoded(`${TRAINED}/sample?class=${label}&seed=7`)
        expect(furthest(written.z[i], z[0])).toBeLessThan(1e-6)
        expect(furthest(written.xhat[i], xhat[0])).toBeLessThan(1e-5)
      }
      expect(written.y).toBeUndefined()
      expect(await refusal(`${TRAINED}/write?text=31&style=z:0,0`)).toMatchObject({ field: 'style' })
    })
    test.each([
      ['12a3:a', 'a:'],
      ['٣', '٣'],
    ])('write refuses %s, naming the characters without a class', async (text, unknown) => {
      expect(await refusal(`${CONDITIONAL}/write?text=${encodeURIComponent(text)}`)).toMatchObject({
        in: 'query',
        field: 'text',
        got: JSON.stringify(unknown),
      })
    })
    test.each([
      ['write?seed=1', 'text'],
      [`write?text=${'1'.repeat(65)}`, 'text'],
      ['write?text=%20-', 'text'],
      ['write?text=1&style=7', 'style'],
      ['write?text=1&style=z:1,2', 'style'],
      ['write?text=1&style=eps:1', 'style'],
      ['write?text=1&style=z:1,2,3,4,5000', 'style'],
      ['write?text=1&style=seed:1&seed=2', 'seed'],
      [`write?text=${'1'.repeat(64)}&scale=16`, 'scale'],
      [`write?text=${'1'.repeat(64)}&format=apng&scale=2`, 'scale'],
    ])('%s is refused, naming %s', async (query, field) => {
      expect(await refusal(`${CONDITIONAL}/${query}`)).toMatchObject({ field })
    })
    test('write refuses any text for a model without classes of one character', async () => {
      expect(await refusal('shifted-vae-z3/write?text=Bag')).toMatchObject({ field: 'text' })
      expect(await refusal('small-ae-z8/write?text=1')).toMatchObject({ field: 'text' })
    })
  })

  describe('interpolate of a conditional model', () => {
    test('interpolate keeps one style from class to class, with shares of both classes in between', async () => {
      const card = await cardOf(CONDITIONAL)
      const query = `${CONDITIONAL}/interpolate?from=class:3@seed:5&to=class:8@seed:5&steps=5`
      const { z, y, xhat } = await decoded(query)
      const style = drawStyle(card, 5)
      for (const [i, label] of [3, 8].entries()) {
        expect(furthest(z[4 * i], styleLatent(card.latent.classes[label], style))).toBeLessThan(1e-6)
      }
      expect(y.map(row => [row[3], row[8]])).toEqual([
        [1, 0],
        [0.75, 0.25],
        [0.5, 0.5],
        [0.25, 0.75],
        [0, 1],
      ])
      const decode = await plain('decoder')
      expect(furthest(xhat[1], decode([...z[1], ...y[1]]).xhat)).toBeLessThan(1e-5)
      const events = readEvents(await (await ask(`${query}&format=sse`)).text())
      expect(events.slice(1, -1).map(({ data }) => data.y)).toEqual(y)
    })
    test('interpolate takes stops of every kind in JSON, and images', async () => {
      const stops = [
        { class: 3, style: { seed: 5 } },
        'class:8@z:0,0,0,0,1',
        { y: oneHot(2), style: { z: [1, 1, 1, 1, 1] } },
      ]
      const init = (body: unknown) => ({
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
      const { z, y } = await jsonOf<Decoded>(
        await ask(`${CONDITIONAL}/interpolate?steps=3&format=json`, init({ stops })),
      )
      expect(y).toEqual([oneHot(3), oneHot(8), oneHot(2)])
      expect(z.slice(1)).toEqual([
        [0, 0, 0, 0, 1],
        [1, 1, 1, 1, 1],
      ])
      const images = [{ image: Array(784).fill(0.5) }, 'class:1']
      const posted = await jsonOf<Decoded>(
        await ask(`${CONDITIONAL}/interpolate?steps=2&format=json`, init({ stops: images })),
      )
      expect(posted.y[0].filter(share => share === 1)).toHaveLength(1)
      const far = [{ class: 1, style: { z: [0, 0, 0, 0, 2000] } }, 'class:1']
      expect(await refusal(`${CONDITIONAL}/interpolate`, init({ stops: far }))).toMatchObject({
        field: 'stops.0',
      })
      expect(await refusal(`${CONDITIONAL}/interpolate?from=z:0,0,0,0,0&to=seed:1`)).toMatchObject({
        field: 'from',
      })
    })
  })

  test('grid of a conditional model shows classes across and styles down, or a plane around a class', async () => {
    const query = `${CONDITIONAL}/grid?size=3&styles=20`
    const { z, y } = await decoded(query)
    expect(y).toEqual([0, 1, 2].flatMap(() => oneHot(0).map((_, label) => oneHot(label))))
    const sheet = await pngOf(await ask(query))
    expect(sheet).toMatchObject({ width: 280, height: 84 })
    for (const row of [0, 2]) {
      const written = await decoded<Written>(`${CONDITIONAL}/write?text=4&seed=${20 + row}`)
      expect(z[row * 10 + 4]).toEqual(written.z[0])
      const levels = written.xhat[0].map(value => Math.round(value * 255))
      expect(furthest(cell(sheet, row, 4, 28, 28), levels)).toBeLessThanOrEqual(1)
    }
    const plane = await decoded(`${CONDITIONAL}/grid?size=3&at=class:6@z:0,0,9,0,0&dims=1,0`)
    expect(plane.y).toEqual(Array(9).fill(oneHot(6)))
    expect(plane.z.map(row => row.slice(2))).toEqual(Array(9).fill([9, 0, 0]))
    expect(await refusal(`${CONDITIONAL}/grid?dims=0,1`)).toMatchObject({ field: 'at' })
  })

  describe('decode of a conditional model', () => {
    const Z = '0.5,0,0,0,-1'
    test('decode reads a class, or shares of the classes for all points or for each', async () => {
      const decode = await plain('decoder')
      const half = oneHot(0).map((_, k) => (k < 2 ? 0.5 : 0))
      const byClass = await decoded(`${CONDITIONAL}/decode?z=${Z};0,0,0,0,0&class=7`)
      expect(byClass.y).toEqual([oneHot(7), oneHot(7)])
      const shares = await decoded(`${CONDITIONAL}/decode?z=${Z};${Z}&y=${half};${oneHot(9)}`)
      expect(shares.y).toEqual([half, oneHot(9)])
      expect(furthest(shares.xhat[0], decode([0.5, 0, 0, 0, -1, ...half]).xhat)).toBeLessThan(1e-5)
      const posted = await ask(`${CONDITIONAL}/decode?format=f32`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ z: [[0.5, 0, 0, 0, -1]], y: [half] }),
      })
      expect(furthest(floatsOf(await bytesOf(posted)), shares.xhat[0])).toBeLessThan(1e-5)
    })
    test.each([
      [`${CONDITIONAL}/decode?z=${Z}`, 'class'],
      [`${CONDITIONAL}/decode?z=${Z}&class=11`, 'class'],
      [`${CONDITIONAL}/decode?z=${Z}&y=0.5,0.5`, 'y'],
      [`${CONDITIONAL}/decode?z=${Z}&y=0.5,0.6,0,0,0,0,0,0,0,0`, 'y'],
      [`${CONDITIONAL}/decode?z=${Z}&y=2,-1,0,0,0,0,0,0,0,0`, 'y'],
      [`${CONDITIONAL}/decode?z=${Z}&class=1&y=1,0,0,0,0,0,0,0,0,0`, 'y'],
      [`${TRAINED}/decode?z=0,0&class=1`, 'class'],
      [`${TRAINED}/decode?z=0,0&y=1`, 'y'],
    ])('%s is refused, naming %s', async (query, field) => {
      expect(await refusal(query)).toMatchObject({ field })
    })
  })

  test('encode and reconstruct take the class given, or else the one with the highest evidence lower bound', async () => {
    const pixels = Uint8Array.from({ length: 784 }, (_, i) => (i % 28 > 8 && i % 28 < 20 ? 200 : 0))
    const post = async <T>(query: string) =>
      jsonOf<T>(
        await ask(`${CONDITIONAL}/${query}format=json`, {
          method: 'POST',
          headers: { 'content-type': 'application/octet-stream' },
          body: pixels,
        }),
      )
    const [encode, decode] = [await plain('encoder'), await plain('decoder')]
    const x = Array.from(pixels, byte => byte / 255)
    const bounds = oneHot(0).map((_, label) => {
      const { mu, logvar } = encode([...x, ...oneHot(label)])
      const { xhat } = decode([...mu, ...oneHot(label)])
      const bce = x.reduce((sum, t, i) => sum - t * Math.log(xhat[i]) - (1 - t) * Math.log(1 - xhat[i]), 0)
      const kl = mu.reduce((sum, m, k) => sum + (m * m + Math.exp(logvar[k]) - logvar[k] - 1) / 2, 0)
      return -(bce + kl)
    })
    const best = bounds.indexOf(Math.max(...bounds))
    const encoded = await post<{ mu: number[][]; y: number[][] }>('encode?')
    expect(encoded.y).toEqual([oneHot(best)])
    expect(furthest(encoded.mu[0], encode([...x, ...oneHot(best)]).mu)).toBeLessThan(1e-4)
    const other = (best + 1) % 10
    const named = await post<{ images: { y: number[]; xhat: number[]; mu: number[] }[] }>(
      `reconstruct?class=${other}&`,
    )
    const [{ y, xhat, mu }] = named.images
    expect(y).toEqual(oneHot(other))
    expect(furthest(xhat, decode([...mu, ...oneHot(other)]).xhat)).toBeLessThan(1e-4)
  })

  test('the id default resolves to the default of the list, pinned in Content-Location', async () => {
    const list = await jsonOf<{ default: string; models: { id: string; conditional?: boolean }[] }>(
      await api().fetch('/v1/models'),
    )
    expect(list.default).toBe(CONDITIONAL)
    expect(list.models.find(({ id }) => id === CONDITIONAL)?.conditional).toBe(true)
    const { version } = await cardOf('default')
    const response = await ask('default/sample?seed=1&class=3')
    expect(response.headers.get('x-model')).toBe(`${CONDITIONAL}@${version}`)
    expect(response.headers.get('content-location')).toContain(`/v1/models/${CONDITIONAL}@${version}/sample?`)
    expect(await bytesOf(response)).toEqual(await bytesOf(await ask(`${CONDITIONAL}/sample?seed=1&class=3`)))
    expect((await ask(`default@${version}/sample?seed=1`)).status).toBe(200)
  })
}
