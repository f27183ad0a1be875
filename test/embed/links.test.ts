import axe from 'axe-core'
import { decode } from 'fast-png'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type {} from '../../web/embed/latent-interpolation.d.ts'
import { MODEL, type Stage, setStage } from './stage.ts'

let stage: Stage
let browser: Browser
let home: string
beforeAll(async () => {
  stage = await setStage(true)
  ;({ browser, home } = stage)
})
afterAll(() => stage.stop())

const PIECE = `/embed?model=${MODEL}&from=class:3&to=class:8&controls&scale=6`

/** What a page's head says to those who unfold links. */
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

async function ask(query: Record<string, string>): Promise<Response> {
  return fetch(`${home}/oembed?${new URLSearchParams(query)}`)
}

describe('links that unfold', () => {
  test.each([
    ['a frame', PIECE, 'From 3 to 8 · mnist-vae-l2-z2'],
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
    ['another view of the page', `/?view=sample&model=wide-ae-z8&seed=3`, 'latent-edge'],
    ['the gallery', '/embed/', 'One image turning into another, on your page'],
  ])(
    '%s has a real picture of the size it says, and says where its oEmbed answers are',
    async (_, path, title) => {
      const { og, links } = await headOf(path)
      expect(og['og:title']).toBe(title)
      expect(og['og:url']).toBe(home + path)
      const picture = await fetch(og['og:image'])
      expect(picture.headers.get('content-type')).toBe('image/png')
      const { width, height, data } = decode(new Uint8Array(await picture.arrayBuffer()))
      expect([String(width), String(height)]).toEqual([og['og:image:width'], og['og:image:height']])
      expect(new Set(data).size).toBeGreaterThan(100)
      const answer = await fetch(links['application/json+oembed'])
      expect(answer.headers.get('content-type')).toContain('application/json')
      expect(await answer.json()).toMatchObject({ version: '1.0', provider_name: 'latent-edge' })
      expect((await fetch(links['text/xml+oembed'])).headers.get('content-type')).toContain('text/xml')
    },
  )

  test('what oEmbed says to put there works where it is put, in the size it says', async () => {
    const { links } = await headOf(PIECE)
    const rich = (await (await fetch(links['application/json+oembed'])).json()) as {
      html: string
      width: number
      height: number
      type: string
    }
    expect(rich).toMatchObject({ type: 'rich', width: 168, height: 168 + 48 })
    const page = await browser.newPage()
    await page.setContent(`<h1>Someone’s blog</h1>${rich.html}`)
    const box = await page.locator('iframe').boundingBox()
    expect([box?.width, box?.height]).toEqual([rich.width, rich.height])
    const slider = page.frameLocator('iframe').getByRole('slider', { name: 'From 3 to 8' })
    await slider.press('End')
    await expect.poll(() => slider.inputValue()).toBe('100')
    // Everything is in sight: picture, bar and all.
    const bar = (await slider.boundingBox())!
    expect(bar.y + bar.height).toBeLessThanOrEqual(box!.y + box!.height)
    await page.close()
  })

  test('oEmbed as its specification has it: sizes, XML, and refusals', async () => {
    const url = home + PIECE
    for (const [maxwidth, maxheight] of [
      [100, 1000],
      [1000, 120],
      [50, 60],
    ]) {
      const fitted = await (
        await ask({ url, maxwidth: String(maxwidth), maxheight: String(maxheight) })
      ).json()
      expect(fitted.width).toBeLessThanOrEqual(maxwidth)
      expect(fitted.height).toBeLessThanOrEqual(maxheight)
      expect(fitted.thumbnail_width ?? 0).toBeLessThanOrEqual(maxwidth)
    }
    const page = await browser.newPage()
    const xml = await (
      await ask({ url: `${url}&label=${encodeURIComponent('<a & "b">')}`, format: 'xml' })
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
    expect((await ask({ url, format: 'yaml' })).status).toBe(501)
    expect((await ask({ url: 'https://example.org/embed?model=x' })).status).toBe(404)
    expect((await ask({ url: `${home}/elsewhere` })).status).toBe(404)
    expect((await ask({ url: `${home}/embed?model=none&from=seed:1&to=seed:2` })).status).toBe(404)
    expect((await ask({})).status).toBe(400)
    expect((await ask({ url: 'no address' })).status).toBe(404)
    expect((await ask({ url, maxwidth: '-1' })).status).toBe(400)
  })
})

describe('the frame’s page', () => {
  test('nothing in its address gets into its markup', async () => {
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
    [400, 'from=class:3', 'model: expected text'],
  ])('%i for %s, in words', async (status, query, words) => {
    const response = await fetch(`${home}/embed?${query}`)
    expect(response.status).toBe(status)
    expect(response.headers.get('content-type')).toContain('text/html')
    expect(await response.text()).toContain(words)
  })

  test('without a query it leads to the gallery', async () => {
    const response = await fetch(`${home}/embed`)
    expect(response.url).toBe(`${home}/embed/`)
    expect(await response.text()).toContain('<title>Embed · latent-edge</title>')
  })
})

test('the types lie beside the script as text', async () => {
  const response = await fetch(`${home}/embed/latent-interpolation.d.ts`)
  expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8')
  expect(await response.text()).toContain("'latent-interpolation': LatentInterpolation")
})

test('the gallery shows its examples, and its playground writes code that does what is shown', async () => {
  const context = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'] })
  const page = await context.newPage()
  const thrown: string[] = []
  page.on('pageerror', error => thrown.push(String(error)))
  await page.goto(`${home}/embed/`)
  await page.locator('#examples latent-interpolation').first().waitFor()
  await settle(page)
  expect(await page.locator('#examples article').count()).toBe(7)
  await page.evaluate(axe.source)
  const found = await page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run(document)
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(node => node.html).join(' ')}`)
  })
  expect(found).toEqual([])
  const playground = page.locator('.playground')
  await playground.getByLabel('from', { exact: true }).fill('class:4')
  await playground.getByLabel('to', { exact: true }).fill('seed:9')
  await playground.getByLabel('steps').fill('9')
  await playground.getByLabel('steps').blur()
  await playground.getByLabel('path').selectOption('slerp')
  await playground.getByLabel('loop').check()
  await playground.getByRole('button', { name: 'Copy' }).click()
  const code = await page.evaluate(() => navigator.clipboard.readText())
  expect(code).toBe(
    `<script type="module" src="${home}/embed/latent-interpolation.js"></script>\n` +
      `<latent-interpolation\n  model="${MODEL}"\n  from="class:4"\n  to="seed:9"\n  controls\n  steps="9"\n  path="slerp"\n  loop\n></latent-interpolation>`,
  )
  const copy = await context.newPage()
  await copy.setContent(code)
  await settle(copy)
  const shown = (of: Page, where: string) =>
    of
      .locator(where)
      .evaluate(e =>
        [...(e as HTMLElementTagNameMap['latent-interpolation']).attributes]
          .map(a => `${a.name}=${a.value}`)
          .sort(),
      )
  expect(await shown(copy, 'latent-interpolation')).toEqual(
    await shown(page, '.playground latent-interpolation'),
  )
  await playground.getByLabel('steps').fill('0')
  await playground.getByLabel('steps').blur()
  await expect
    .poll(() => playground.getByRole('alert').innerText())
    .toContain('steps: expected an integer from 2 to 128')
  for (const way of ['iframe', 'img', 'React', 'Vue', 'Svelte']) {
    await playground.getByRole('button', { name: way, exact: true }).click()
    expect(await playground.locator('pre').innerText()).toContain(
      way === 'img' ? 'format=apng' : way === 'iframe' ? '/embed?' : '<latent-interpolation',
    )
  }
  expect(thrown).toEqual([])
  await context.close()
})

/** Waits until an element in sight has a picture. */
async function settle(page: Page): Promise<void> {
  await page.waitForFunction(() =>
    [...document.querySelectorAll('latent-interpolation')].some(e => e.decoding),
  )
}
