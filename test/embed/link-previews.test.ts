import { decode } from 'fast-png'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { printImage } from '../../models/images/image-code.ts'
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

/** The words for `MODEL`. */
const TITLE = 'MNIST, VAE, two numbers, two layers'

/** A drawing of a bar, as an address has it. */
const DRAWING = printImage(
  Float32Array.from({ length: 784 }, (_, i) => (i % 28 > 11 && i % 28 < 16 && i > 112 && i < 672 ? 1 : 0)),
  'drawing',
)

test.each([
  ['a frame', EMBED_PAGE, `From 3 to 8 · ${TITLE}`],
  [
    'a square',
    `/embed?model=${MODEL}&corners=class:0;class:1;class:7;class:9`,
    `Between 0, 1, 7, 9 · ${TITLE}`,
  ],
  ['the page', '/', 'What a few numbers can draw · latent-edge'],
  [
    'an interpolation on the page',
    '/?view=interpolate&corners=class:2;seed:4',
    `From 2 to seed 4 · ${TITLE}`,
  ],
  [
    'two classes on the page',
    `/?view=interpolate&model=${MODEL}&corners=class:4;class:9`,
    `A 4 on its way to a 9 · ${TITLE}`,
  ],
  [
    'a sample',
    '/?view=sample&model=wide-ae-z8&seed=3',
    '16 new images that nobody drew · fixture, AE, eight numbers, wide-ae-z8',
  ],
  [
    'a sample of a class',
    `/?view=sample&model=${MODEL}&n=4&from=3`,
    `4 images of class 3 that nobody drew · ${TITLE}`,
  ],
  ['a point', `/?model=${MODEL}&z=0.5,-1`, `An image at (0.5, −1) of a latent space · ${TITLE}`],
  ['a text', `/?view=styles&model=${MODEL}&text=20-26&seed=3`, `“20-26” in one handwriting · ${TITLE}`],
  [
    'a view of images',
    `/?view=reconstruct&model=${MODEL}`,
    'An image squeezed through a few numbers · latent-edge',
  ],
  ['the paper', `/?view=paper`, 'A paper on autoencoders, replicated · latent-edge'],
  [
    'a view with fields that cannot be read',
    `/?view=sample&model=${MODEL}&n=x&seed=-1&from=99`,
    `16 new images that nobody drew · ${TITLE}`,
  ],
  ['a model', `/?model=${MODEL}`, `A map of a latent space · ${TITLE}`],
  [
    'a drawing as a point',
    `/?model=${MODEL}&z=0.5,-1&x=${DRAWING}`,
    `A drawing as a point of a latent space · ${TITLE}`,
  ],
  ['the comparison', '/?view=compare', 'Two autoencoders side by side · latent-edge'],
  ['training', '/?view=train', 'Train an autoencoder in this page · latent-edge'],
  ['the gallery', '/embed/', 'One image turning into another, on your page · latent-edge'],
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

test('states of different views have titles, descriptions and pictures of their own, without an id among the words', async () => {
  const paths = [
    '/',
    '/embed/',
    `/?model=${MODEL}`,
    `/?model=${MODEL}&z=0.5,-1`,
    `/?model=${MODEL}&z=0.5,-1&x=${DRAWING}`,
    '/?view=sample',
    '/?view=sample&seed=8&n=5',
    `/?view=styles&model=${MODEL}`,
    `/?view=interpolate&model=${MODEL}`,
    '/?view=reconstruct',
    '/?view=reconstruct&x=test:8',
    '/?view=compare&by=seed',
    '/?view=compare',
    '/?view=train',
  ]
  const heads = await Promise.all(paths.map(path => headOf(browser, home + path)))
  const pictures = await Promise.all(
    heads.map(async ({ og }) =>
      Buffer.from(await (await fetch(og['og:image'])).arrayBuffer()).toString('base64'),
    ),
  )
  expect(new Set(pictures).size).toBe(paths.length)
  const words = heads.map(({ og }) => `${og['og:title']} ${og['og:description']} ${og['og:image:alt']}`)
  expect(new Set(words).size).toBe(paths.length - 1)
  for (const text of words) expect(text).not.toContain(MODEL)
})

test('the page’s own title and description are those of the preview', async () => {
  const html = await (await fetch(`${home}/?view=train`)).text()
  expect(html).toContain('<title>Train an autoencoder in this page · latent-edge</title>')
  const description = /<meta\s+name="description"\s+content="([^"]*)"/.exec(html)?.[1]
  expect(description).toMatch(/^On your own machine/)
})

test('the picture of Compare has both models’ images of the same seed, as the API decodes them', async () => {
  const { og } = await headOf(browser, `${home}/?view=compare&by=seed&seed=5&model=${MODEL}&other=wide-ae-z8`)
  const picture = decode(new Uint8Array(await (await fetch(og['og:image'])).arrayBuffer()))
  // 16 images of 28 pixels, 4 in a row, on the left; blobs of 3 x 5 pixels on the right.
  const expected = await fetch(`${home}/v1/models/${MODEL}/sample?n=16&seed=5&columns=4&scale=5&format=png`)
  const sheet = decode(new Uint8Array(await expected.arrayBuffer()))
  const rows = Array.from({ length: picture.height }, (_, y) =>
    Buffer.from(picture.data.slice(y * picture.width, (y + 1) * picture.width)).toString('latin1'),
  )
  const middle = Buffer.from(sheet.data.slice(280 * sheet.width, 281 * sheet.width)).toString('latin1')
  expect(rows.filter(row => row.includes(middle)).length).toBeGreaterThanOrEqual(5)
})

test('the page has the browser fetch the list and the named model’s card at once, unless another API is named', async () => {
  const preloads = async (path: string) => {
    const html = await (await fetch(home + path)).text()
    return [...html.matchAll(/<link rel="preload" as="fetch" crossorigin href="([^"]+)">/g)].map(
      ([, url]) => url,
    )
  }
  expect(await preloads(`/?model=${MODEL}`)).toEqual(['v1/models', `v1/models/${MODEL}?density=omit`])
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
  expect(await preloads('/embed/')).toEqual(['../v1/models'])
  const hero = await pictureOf('/embed/')
  expect(hero).toMatch(/^\.\.\/v1\/models\/.*png$/)
  expect((await fetch(new URL(hero.replaceAll('&amp;', '&'), `${home}/embed/`))).status).toBe(200)
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

test.each([
  '/?view=__proto__',
  '/?view=constructor&model=constructor',
  '/?view=paper&data=toString',
  `/?model=${MODEL}&z=1e6,1e6`,
  `/?model=${MODEL}&z=NaN,1e39`,
  `/?model=${MODEL}&y=99&x=ink:%25`,
  '/?view=sample&seed=1e99&n=-1',
  '/?view=reconstruct&x=test:999999&among=nope',
  '/?view=compare&other=__proto__&by=constructor',
  '/?view=styles&text=%E0%A4%A',
])('%s, which cannot be read, is answered with a page and a picture', async path => {
  const html = await (await fetch(home + path)).text()
  expect(html).toContain('<div id="page">')
  const picture = /property="og:image" content="([^"]+)"/.exec(html)?.[1] ?? ''
  expect((await fetch(picture.replaceAll('&amp;', '&'))).status).toBe(200)
})
