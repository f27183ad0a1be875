import { decode } from 'fast-png'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type EmbedSite, MODEL, startEmbedSite } from './embed-site.ts'

let site: EmbedSite
let browser: Browser
let home: string
beforeAll(async () => {
  site = await startEmbedSite(true)
  ;({ browser, home } = site)
})
afterAll(() => site.stop())

const EMBED_PAGE = `/embed?model=${MODEL}&from=class:3&to=class:8&controls&scale=6`

/** The Open Graph tags and the oEmbed links in a page's head. */
async function headOf(path: string) {
  const response = await fetch(home + path)
  expect(response.status).toBe(200)
  const page = await browser.newPage({ javaScriptEnabled: false })
  await page.setContent(await response.text())
  const metas = await page
    .locator('meta[property]')
    .evaluateAll(all => all.map(e => [e.getAttribute('property'), e.getAttribute('content')] as const))
  const links = await page
    .locator('link[rel=alternate]')
    .evaluateAll(all => all.map(e => [e.getAttribute('type'), e.getAttribute('href')] as const))
  await page.close()
  return {
    og: Object.fromEntries(metas) as Record<string, string>,
    links: Object.fromEntries(links) as Record<string, string>,
  }
}

async function fetchOembed(query: Record<string, string>): Promise<Response> {
  return fetch(`${home}/oembed?${new URLSearchParams(query)}`)
}

describe('link previews', () => {
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
    const { og, links } = await headOf(path)
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
    const heads = await Promise.all(paths.map(headOf))
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

  test('the HTML of an oEmbed reply works in a page, in the stated size', async () => {
    const { links } = await headOf(EMBED_PAGE)
    const rich = (await (await fetch(links['application/json+oembed'])).json()) as {
      html: string
      width: number
      height: number
      type: string
    }
    expect(rich).toMatchObject({ type: 'rich', width: 168, height: 168 + 48 })
    const page = await browser.newPage()
    await page.setContent(`<h1>A blog</h1>${rich.html}`)
    const box = await page.locator('iframe').boundingBox()
    expect([box?.width, box?.height]).toEqual([rich.width, rich.height])
    const slider = page.frameLocator('iframe').getByRole('slider', { name: 'From 3 to 8' })
    await slider.press('End')
    await expect.poll(() => slider.inputValue()).toBe('100')
    // The bar is within the frame too.
    const bar = (await slider.boundingBox())!
    expect(bar.y + bar.height).toBeLessThanOrEqual(box!.y + box!.height)
    await page.close()
  })

  test('GET /oembed follows its specification in sizes, XML and errors', async () => {
    const url = home + EMBED_PAGE
    for (const [maxwidth, maxheight] of [
      [100, 1000],
      [1000, 120],
      [50, 60],
    ]) {
      const fitted = await (
        await fetchOembed({ url, maxwidth: String(maxwidth), maxheight: String(maxheight) })
      ).json()
      expect(fitted.width).toBeLessThanOrEqual(maxwidth)
      expect(fitted.height).toBeLessThanOrEqual(maxheight)
      expect(fitted.thumbnail_width ?? 0).toBeLessThanOrEqual(maxwidth)
    }
    const page = await browser.newPage()
    const xml = await (
      await fetchOembed({ url: `${url}&label=${encodeURIComponent('<a & "b">')}`, format: 'xml' })
    ).text()
    const read = await page.evaluate(xml => {
      const document = new DOMParser().parseFromString(xml, 'text/xml')
      return [...document.documentElement.children].map(e => [e.tagName, e.textContent])
    }, xml)
    expect(Object.fromEntries(read)).toMatchObject({
      type: 'rich',
      version: '1.0',
      title: '<a & "b">',
      width: '168',
    })
    await page.close()
    expect((await fetchOembed({ url, format: 'yaml' })).status).toBe(501)
    expect((await fetchOembed({ url: 'https://example.org/embed?model=x' })).status).toBe(404)
    expect((await fetchOembed({ url: `${home}/elsewhere` })).status).toBe(404)
    expect((await fetchOembed({ url: `${home}/embed?model=none&from=seed:1&to=seed:2` })).status).toBe(404)
    expect((await fetchOembed({})).status).toBe(400)
    expect((await fetchOembed({ url: 'no address' })).status).toBe(404)
    expect((await fetchOembed({ url, maxwidth: '-1' })).status).toBe(400)
  })
})

describe('GET /embed', () => {
  test('a query with markup is escaped', async () => {
    const page = await browser.newPage()
    const dialogs: string[] = []
    page.on('dialog', dialog => dialogs.push(dialog.message()))
    const label = '"><script>alert(1)</script><img src=x onerror=alert(2)>'
    await page.goto(
      `${home}/embed?${new URLSearchParams({ model: MODEL, from: 'class:3', to: 'class:8', label })}`,
    )
    expect(await page.getByRole('slider').getAttribute('aria-label')).toBe(label)
    expect(await page.locator('img').count()).toBe(0)
    await page.goto(
      `${home}/embed?model=${encodeURIComponent('<img src=x onerror=alert(3)>')}&from=seed:1&to=seed:2`,
    )
    expect(await page.locator('img').count()).toBe(0)
    expect(await page.locator('body').innerText()).toContain('model: expected one of')
    expect(dialogs).toEqual([])
    await page.close()
  })

  test.each([
    [404, 'model=none&from=seed:1&to=seed:2', 'model: expected one of'],
    [400, `model=${MODEL}&from=class:3`, 'to: expected'],
    [400, `model=${MODEL}&from=class:3&to=class:99`, 'to: expected an index from 0 to 9'],
    [400, `model=${MODEL}&corners=class:3`, 'corners: expected four points'],
    [400, `model=${MODEL}&from=class:3&to=class:8&steps=1`, 'steps: expected an integer from 2 to 128'],
    [400, 'from=class:3', 'to: expected seed:…, class:… or z:…'],
  ])('GET /embed answers %i with a message for the query %s', async (status, query, words) => {
    const response = await fetch(`${home}/embed?${query}`)
    expect(response.status).toBe(status)
    expect(response.headers.get('content-type')).toContain('text/html')
    expect(await response.text()).toContain(words)
  })

  test('GET /embed without a query redirects to the gallery', async () => {
    const response = await fetch(`${home}/embed`)
    expect(response.url).toBe(`${home}/embed/`)
    expect(await response.text()).toContain('<title>Embed · latent-edge</title>')
  })
})
