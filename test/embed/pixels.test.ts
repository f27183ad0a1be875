import { decode } from 'fast-png'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type {} from '../../web/embed/latent-interpolation.d.ts'
import {
  type EmbedSite,
  MODEL,
  openPage,
  PATH,
  pageWith,
  startEmbedSite,
  waitForLocalDecoding,
} from './embed-site.ts'

let site: EmbedSite
beforeAll(async () => {
  site = await startEmbedSite()
})
afterAll(() => site.stop())

/**
 * Grey levels of the first element's canvas: frames of the API are opaque, those decoded in the page are black ink with
 * the level as alpha. @throws Error if a pixel is neither
 */
async function levels(page: Page): Promise<number[]> {
  return page.evaluate(() => {
    const element = document.querySelector('latent-interpolation')
    const canvas = element?.shadowRoot?.querySelector('canvas')
    const { data } = canvas!.getContext('2d')!.getImageData(0, 0, canvas!.width, canvas!.height)
    const levels: number[] = []
    for (let i = 0; i < data.length; i += 4) {
      const [r, g, b, alpha] = data.slice(i, i + 4)
      const isInk = element?.decoding === 'local'
      if (r !== g || r !== b || (isInk ? r !== 0 : alpha !== 255)) throw new Error('not grey')
      levels.push(isInk ? alpha : r)
    }
    return levels
  })
}

/** The API's frames for a request: [steps][pixels], 8 bits. */
async function frames(query: string, width: number, height: number): Promise<number[][]> {
  const response = await fetch(`${site.home}/v1/models/${query}&columns=1&format=png`)
  expect(response.status).toBe(200)
  const { data } = decode(new Uint8Array(await response.arrayBuffer()))
  const size = width * height
  return Array.from({ length: data.length / size }, (_, i) =>
    Array.from(data.slice(i * size, (i + 1) * size)),
  )
}

function maxDifference(a: number[], b: number[]): number {
  expect(a.length).toBe(b.length)
  return Math.max(...a.map((value, i) => Math.abs(value - b[i])))
}

async function seek(page: Page, t: number, u = 0): Promise<void> {
  await page.evaluate(
    ([t, u]) =>
      new Promise<void>(resolve => {
        document.querySelector('latent-interpolation')?.seek(t, u)
        requestAnimationFrame(() => requestAnimationFrame(() => resolve()))
      }),
    [t, u],
  )
}

test.each([
  ['edge', 'lerp', `${MODEL}/interpolate?from=class:3&to=class:8`, PATH, 28, 28],
  ['local', 'lerp', `${MODEL}/interpolate?from=class:3&to=class:8`, PATH, 28, 28],
  [
    'local',
    'slerp',
    `${MODEL}/interpolate?from=seed:1&to=z:0.5,-1.2`,
    `model="${MODEL}" from="seed:1" to="z:0.5,-1.2"`,
    28,
    28,
  ],
  [
    'local',
    'slerp',
    'wide-ae-z8/interpolate?from=seed:3&to=seed:4',
    'model="wide-ae-z8" from="seed:3" to="seed:4"',
    28,
    20,
  ],
  [
    'local',
    'lerp',
    'digits-cvae-z5/interpolate?from=class:3&to=class:8',
    'model="digits-cvae-z5" from="class:3" to="class:8"',
    28,
    28,
  ],
  [
    'local',
    'slerp',
    'digits-cvae-z5/interpolate?from=class:1@seed:4&to=class:7@seed:9',
    'model="digits-cvae-z5" from="class:1@seed:4" to="class:7@seed:9"',
    28,
    28,
  ],
] as const)(
  'frames of engine=%s along path=%s have the pixels of the API for %s',
  async (engine, way, query, attributes, width, height) => {
    const url = site.addPage(
      'pixels.html',
      pageWith(
        `<latent-interpolation ${attributes} path="${way}" steps="5" engine="${engine}"></latent-interpolation>`,
      ),
    )
    const { page, exceptions } = await openPage(site, url)
    await page.waitForFunction(
      engine => document.querySelector('latent-interpolation')?.decoding === engine,
      engine,
    )
    const expected = await frames(`${query}&path=${way}&steps=5`, width, height)
    for (const [t, frame] of [
      [0, 0],
      [0.5, 2],
      [1, 4],
    ]) {
      await seek(page, t)
      expect(maxDifference(await levels(page), expected[frame])).toBeLessThanOrEqual(1)
    }
    // The frames differ, so that drawing the same one three times would fail above.
    expect(maxDifference(expected[0], expected[4])).toBeGreaterThan(20)
    expect(exceptions).toEqual([])
    await page.close()
  },
)

test('a square shows its corners at its corners, and toBlob gives the pixels of the API', async () => {
  const corners = 'class:0;class:1;class:7;class:9'
  const url = site.addPage(
    'square.html',
    pageWith(
      `<latent-interpolation model="${MODEL}" corners="${corners}" engine="local" scale="2"></latent-interpolation>`,
    ),
  )
  const { page } = await openPage(site, url)
  await waitForLocalDecoding(page)
  for (const [t, u, name] of [
    [0, 0, 0],
    [1, 0, 1],
    [1, 1, 7],
    [0, 1, 9],
  ]) {
    await seek(page, t, u)
    const [expected] = await frames(
      `${MODEL}/interpolate?from=class:${name}&to=class:${name}&steps=2`,
      28,
      28,
    )
    expect(maxDifference(await levels(page), expected)).toBeLessThanOrEqual(1)
  }
  const file = await page.evaluate(async () => {
    const blob = await document.querySelector('latent-interpolation')?.toBlob()
    return Array.from(new Uint8Array(await blob!.arrayBuffer()))
  })
  const { width, height, data, channels } = decode(Uint8Array.from(file))
  expect([width, height]).toEqual([56, 56])
  const [expected] = await frames(`${MODEL}/interpolate?from=class:9&to=class:9&steps=2&scale=2`, 56, 56)
  expect(
    maxDifference(
      Array.from({ length: 56 * 56 }, (_, i) => data[i * channels]),
      expected,
    ),
  ).toBeLessThanOrEqual(1)
  await page.close()
})

test('a square of a conditional model with engine=edge has frames between its corners', async () => {
  const corners = 'class:0;class:1;class:7;class:9'
  const url = site.addPage(
    'conditional.html',
    pageWith(
      `<latent-interpolation model="digits-cvae-z5" corners="${corners}" engine="edge" steps="3"></latent-interpolation>`,
    ),
  )
  const { page, console } = await openPage(site, url)
  await page.waitForFunction(() => document.querySelector('latent-interpolation')?.decoding)
  const reply = page.waitForResponse(response => response.url().includes('/decode?'))
  await seek(page, 0.5, 0)
  expect((await reply).status()).toBe(200)
  const middle = await frames('digits-cvae-z5/interpolate?from=class:0&to=class:1&steps=3', 28, 28)
  await expect.poll(async () => maxDifference(await levels(page), middle[1])).toBeLessThanOrEqual(1)
  expect(console.filter(line => line.includes('<latent-interpolation>'))).toEqual([])
  await page.close()
})
