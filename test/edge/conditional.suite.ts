import { describe, expect, test } from 'vitest'
import { drawSamples, drawStyle, splitPoints, styleLatent } from '../../models/latent/draws.ts'
import { type Decoded, modelRequests, oneHot } from './model-requests.ts'
import { bytesOf, cell, floatsOf, furthest, jsonOf, pngOf, readEvents } from './read-answers.ts'
import { type Api, CONDITIONAL, TRAINED } from './servers.ts'

/** What every runtime answers for a model that reads a class. */
export function conditionalSuite(api: () => Api): void {
  const { ask, decoded, cardOf, refusal, plain } = modelRequests(api)

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
      const written = await decoded(`${CONDITIONAL}/write?text=4&seed=${20 + row}`)
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
