import { decode } from 'fast-png'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
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

async function fetchOembed(query: Record<string, string>): Promise<Response> {
  return fetch(`${home}/oembed?${new URLSearchParams(query)}`)
}

test('the HTML of an oEmbed reply works in a page, in the stated size', async () => {
  const { links } = await headOf(browser, home + EMBED_PAGE)
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

test('an oEmbed thumbnail has the size that is stated, within the consumer’s', async () => {
  for (const path of ['/?view=sample&n=16', '/?view=compare', `/?model=${MODEL}&z=0,1`, EMBED_PAGE]) {
    const oembed = await (await fetchOembed({ url: home + path, maxwidth: '600', maxheight: '400' })).json()
    const picture = await fetch(oembed.thumbnail_url)
    const { width, height } = decode(new Uint8Array(await picture.arrayBuffer()))
    expect([width, height], path).toEqual([oembed.thumbnail_width, oembed.thumbnail_height])
    expect(width).toBeLessThanOrEqual(600)
  }
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
    expect(await response.text()).toContain(
      '<title>One image turning into another, on your page · latent-edge</title>',
    )
  })
})
