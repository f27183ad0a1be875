import { decode } from 'fast-png'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type EmbedSite, MODEL, startEmbedSite } from './embed-site.ts'
import { headOf } from './page-head.ts'

let site: EmbedSite
let browser: Browser
let home: string
beforeAll(async () => {
  site = await startEmbedSite(true)
  ;({ browser, home } = site)
})
afterAll(() => site.stop())

const EMBED_PAGE = `/embed?model=${MODEL}&from=class:3&to=class:8&controls&scale=6`

test.each([
  ['a frame', EMBED_PAGE, 'From 3 to 8 · mnist-vae-l2-z2'],
  [
    'a square',
    `/embed?model=${MODEL}&corners=class:0;class:1;class:7;class:9`,
    'Between 0, 1, 7, 9 · mnist-vae-l2-z2',
  ],
  ['the page', '/', 'latent-edge'],
  [
    'an interpolation on the page',
    '/?view=interpolate&corners=class:2;seed:4',
    'From 2 to seed 4 · mnist-vae-l2-z2',
  ],
  [
    'two classes on the page',
    `/?view=interpolate&model=${MODEL}&corners=class:4;class:9`,
    `A 4 on its way to a 9 · ${MODEL}`,
  ],
  ['a sample', '/?view=sample&model=wide-ae-z8&seed=3', '16 new images that nobody drew · wide-ae-z8'],
  [
    'a sample of a class',
    `/?view=sample&model=${MODEL}&n=4&from=3`,
    `4 images of class 3 that nobody drew · ${MODEL}`,
  ],
  ['a point', `/?model=${MODEL}&z=0.5,-1`, `An image at (0.5, -1) of a latent space · ${MODEL}`],
  ['a text', `/?view=styles&model=${MODEL}&text=20-26&seed=3`, `“20-26” in one handwriting · ${MODEL}`],
  [
    'a view of images',
    `/?view=reconstruct&model=${MODEL}`,
    'An image squeezed through a few numbers · latent-edge',
  ],
  ['the paper', `/?view=paper`, 'A paper on autoencoders, replicated · latent-edge'],
  [
    'a view with fields that cannot be read',
    `/?view=sample&model=${MODEL}&n=x&seed=-1&from=99`,
    `16 new images that nobody drew · ${MODEL}`,
  ],
  ['a model', `/?model=${MODEL}`, `The latent space of ${MODEL}`],
  [
    'a drawing as a point',
    `/?model=${MODEL}&z=0.5,-1&x=ink:AA`,
    `A drawing as a point at (0.5, -1) of a latent space · ${MODEL}`,
  ],
  ['the comparison', '/?view=compare', 'Two autoencoders side by side · latent-edge'],
  ['training', '/?view=train', 'Train an autoencoder in this page · latent-edge'],
  ['the gallery', '/embed/', 'One image turning into another, on your page'],
])('%s has a preview image of the stated size, and links to its oEmbed replies', async (_, path, title) => {
  const { og, links } = await headOf(browser, home + path)
  expect(og['og:title']).toBe(title)
  expect(og['og:url']).toBe(home + path)
  const picture = await fetch(og['og:image'])
  expect(picture.headers.get('content-type')).toBe('image/png')
  const { width, height, data } = decode(new Uint8Array(await picture.arrayBuffer()))
  expect([String(width), String(height)]).toEqual([og['og:image:width'], og['og:image:height']])
  // Chat programs crop pictures of other shapes.
  expect([width, height]).toEqual([1200, 630])
  expect(new Set(data).size).toBeGreaterThan(100)
  const answer = await fetch(links['application/json+oembed'])
  expect(answer.headers.get('content-type')).toContain('application/json')
  expect(await answer.json()).toMatchObject({ version: '1.0', provider_name: 'latent-edge' })
  expect((await fetch(links['text/xml+oembed'])).headers.get('content-type')).toContain('text/xml')
})

test('states of different views have descriptions of their own', async () => {
  const paths = [
    '/',
    '/embed/',
    `/?model=${MODEL}&z=0.5,-1`,
    `/?model=${MODEL}&z=0.5,-1&x=ink:AA`,
    '/?view=sample',
    '/?view=sample&seed=8',
    `/?view=styles&model=${MODEL}`,
    `/?view=interpolate&model=${MODEL}`,
    '/?view=reconstruct',
    '/?view=compare',
    '/?view=train',
    '/?view=paper',
  ]
  const heads = await Promise.all(paths.map(view => headOf(browser, home + view)))
  const descriptions = new Set(heads.map(({ og }) => og['og:description']))
  expect(descriptions.size).toBe(paths.length)
})

test('the page has the browser fetch the list and the named model’s card at once, unless another API is named', async () => {
  const preloads = async (path: string) => {
    const html = await (await fetch(home + path)).text()
    return [...html.matchAll(/<link rel="preload" as="fetch" crossorigin href="([^"]+)">/g)].map(
      ([, url]) => url,
    )
  }
  expect(await preloads(`/?model=${MODEL}`)).toEqual(['v1/models', `v1/models/${MODEL}`])
  expect(await preloads('/?view=paper')).toEqual(['v1/models'])
  const pictureOf = async (path: string) => {
    const html = await (await fetch(home + path)).text()
    return /as="image" fetchpriority="high" href="([^"]+)"/.exec(html)?.[1] ?? ''
  }
  expect(await pictureOf(`/?view=reconstruct&model=${MODEL}&x=test:5678`)).toBe('images/mnist-test-56.png')
  const picture = await pictureOf(`/?model=${MODEL}&z=0.5,-1`)
  expect(picture).toMatch(/\/decode\?z=0\.5,-1&amp;scale=8&amp;format=png$/)
  expect((await fetch(`${home}/${picture.replaceAll('&amp;', '&')}`)).status).toBe(200)
  expect(await preloads('/?api=https://example.org')).toEqual([])
})

test('each view’s first picture exists, also of a model without classes', async () => {
  for (const view of ['explore', 'sample', 'interpolate', 'compare']) {
    const html = await (await fetch(`${home}/?model=wide-ae-z8&view=${view}`)).text()
    const picture = /as="image" fetchpriority="high" href="([^"]+)"/.exec(html)?.[1] ?? ''
    expect(picture).toContain('v1/models/wide-ae-z8@')
    expect((await fetch(`${home}/${picture.replaceAll('&amp;', '&')}`)).status, view).toBe(200)
  }
})

test('without scripts, the page and the gallery say what they are and show a picture', async () => {
  const context = await browser.newContext({ javaScriptEnabled: false })
  const page = await context.newPage()
  for (const [path, words] of [
    ['/', /squeeze an image into a few numbers/],
    ['/embed/', /need JavaScript/],
  ] as const) {
    await page.goto(home + path)
    expect(await page.locator('body').innerText()).toMatch(words)
    const width = await page
      .locator('img:visible')
      .evaluate(image => (image as HTMLImageElement).naturalWidth)
    expect(width).toBeGreaterThan(200)
  }
  await context.close()
})
