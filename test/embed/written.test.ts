import { decode } from 'fast-png'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ErrorDetail } from '../../web/embed/latent-interpolation.d.ts'
import { type EmbedSite, openPage, pageWith, startEmbedSite, waitForLocalDecoding } from './embed-site.ts'

const CONDITIONAL = 'digits-cvae-z5'
const SIZE = 28

let site: EmbedSite
beforeAll(async () => {
  site = await startEmbedSite()
})
afterAll(() => site.stop())

async function show(attributes: string, options: Parameters<typeof openPage>[2] = {}) {
  const element = `<latent-interpolation ${attributes}></latent-interpolation>`
  return openPage(site, site.addPage('written.html', pageWith(element)), options)
}

interface Picture {
  width: number
  height: number
  levels: number[]
}

/** The picture of the first element as grey levels: its image file is white on black, whatever the page's colours. */
function shown(page: Page): Promise<Picture> {
  return page.evaluate(async () => {
    const bitmap = await createImageBitmap(
      (await document.querySelector('latent-interpolation')!.toBlob({ scale: 1 }))!,
    )
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height)
    const g = canvas.getContext('2d')!
    g.drawImage(bitmap, 0, 0)
    const { data } = g.getImageData(0, 0, bitmap.width, bitmap.height)
    const levels = Array.from({ length: data.length / 4 }, (_, i) => data[i * 4])
    return { width: bitmap.width, height: bitmap.height, levels }
  })
}

async function seek(page: Page, t: number): Promise<void> {
  await page.evaluate(t => document.querySelector('latent-interpolation')!.seek(t), t)
}

/** A picture of the API, such as that of a text. */
async function fromApi(path: string): Promise<Picture> {
  const response = await fetch(`${site.home}/v1/models/${path}&format=png`)
  expect(response.status).toBe(200)
  const { width, height, data } = decode(new Uint8Array(await response.arrayBuffer()))
  return { width, height, levels: Array.from(data) }
}

/** Fails unless two pictures have one size and no pixel differs by more than a grey level. */
function expectAlike(a: Picture, b: Picture): void {
  expect([a.width, a.height]).toEqual([b.width, b.height])
  expect(Math.max(...a.levels.map((level, i) => Math.abs(level - b.levels[i])))).toBeLessThanOrEqual(1)
}

/** The columns of a picture from `left` on, as wide as an image. */
function glyphAt({ width, height, levels }: Picture, left: number): Picture {
  const part = levels.filter((_, i) => i % width >= left && i % width < left + SIZE)
  return { width: SIZE, height, levels: part }
}

test('a text is first the picture of the API, then decoded in the page with the same pixels', async () => {
  const expected = await fromApi(`${CONDITIONAL}/write?text=20-6&style=seed:3`)
  const { page, exceptions, requests } = await show(`model="${CONDITIONAL}" text="20-6" hand="seed:3"`)
  await page.waitForFunction(() => document.querySelector('latent-interpolation')?.decoding === 'edge')
  expectAlike(await shown(page), expected)
  expect(requests.filter(url => url.endsWith('.onnx'))).toEqual([])
  const canvas = page.locator('latent-interpolation canvas')
  expect(await canvas.boundingBox()).toMatchObject({ width: 3.5 * SIZE * 8, height: SIZE * 8 })
  await page.locator('latent-interpolation').hover()
  await waitForLocalDecoding(page)
  expectAlike(await shown(page), expected)
  expect(exceptions).toEqual([])
  await page.close()
})

test('a single text is counted up to: each character passes through the classes before its own', async () => {
  const { page } = await show(`model="${CONDITIONAL}" text="24" engine="local"`)
  await waitForLocalDecoding(page)
  expectAlike(await shown(page), await fromApi(`${CONDITIONAL}/write?text=24&style=seed:7`))
  await seek(page, 0)
  expectAlike(await shown(page), await fromApi(`${CONDITIONAL}/write?text=00&style=seed:7`))
  await seek(page, 0.5)
  expectAlike(await shown(page), await fromApi(`${CONDITIONAL}/write?text=12&style=seed:7`))
  await page.close()
})

test('each of several texts turns into the next, and a character without a counterpart fades', async () => {
  const { page } = await show(`model="${CONDITIONAL}" text="3; 87" engine="local"`)
  await waitForLocalDecoding(page)
  await seek(page, 0.5)
  const between = await shown(page)
  const strip = await fromApi(
    `${CONDITIONAL}/interpolate?from=class:3@seed:7&to=class:8@seed:7&steps=3&columns=3`,
  )
  expectAlike(glyphAt(between, 0), glyphAt(strip, SIZE))
  const whole = glyphAt(await fromApi(`${CONDITIONAL}/write?text=87&style=seed:7`), SIZE)
  const half = { ...whole, levels: whole.levels.map(level => level / 2) }
  expectAlike(glyphAt(between, SIZE), half)
  await page.close()
})

test('engine="edge" shows the texts themselves, the nearest at each position', async () => {
  const { page, requests } = await show(`model="${CONDITIONAL}" text="1;23" engine="edge"`)
  await page.waitForFunction(() => document.querySelector('latent-interpolation')?.decoding === 'edge')
  await seek(page, 0.8)
  const expected = await fromApi(`${CONDITIONAL}/write?text=23&style=seed:7`)
  await expect.poll(async () => (await shown(page)).width).toBe(expected.width)
  expectAlike(await shown(page), expected)
  expect(requests.filter(url => url.endsWith('.onnx'))).toEqual([])
  await page.close()
})

test('a text is a slider that keys and screen readers use, and reduced motion leaves it whole', async () => {
  const { page } = await show(`model="${CONDITIONAL}" text="7;9;12" autoplay controls`, {
    reducedMotion: 'reduce',
  })
  const slider = page.getByRole('slider', { name: 'From 7 to 12' })
  expect(await slider.getAttribute('aria-valuetext')).toBe('7')
  await slider.press('End')
  await waitForLocalDecoding(page)
  expect(await slider.getAttribute('aria-valuetext')).toBe('12')
  expectAlike(await shown(page), await fromApi(`${CONDITIONAL}/write?text=12&style=seed:7`))
  await page.close()

  const single = await show(`model="${CONDITIONAL}" text="25" autoplay loop`, { reducedMotion: 'reduce' })
  await single.page.waitForFunction(() => document.querySelector('latent-interpolation')?.decoding)
  expect(await single.page.evaluate(() => document.querySelector('latent-interpolation')!.t)).toBe(1)
  expect(await single.page.evaluate(() => document.querySelector('latent-interpolation')!.playing)).toBe(
    false,
  )
  await single.page.close()
})

test('attributes change a text live, and characters without a class are named', async () => {
  const { page, exceptions } = await show(`model="${CONDITIONAL}" text="31" engine="local"`)
  await waitForLocalDecoding(page)
  const detail = await page.evaluate(
    () =>
      new Promise<ErrorDetail>(resolve => {
        const element = document.querySelector('latent-interpolation')!
        element.addEventListener('error', event => resolve(event.detail))
        element.text = '3x1é'
      }),
  )
  expect(detail).toMatchObject({ attribute: 'text', code: 'refused' })
  expect(detail.message).toBe('expected the characters 0 1 2 3 4 5 6 7 8 9, spaces and hyphens, got "xé"')
  await page.evaluate(() => {
    const element = document.querySelector('latent-interpolation')!
    element.text = '418'
    element.hand = 'seed:9'
  })
  await waitForLocalDecoding(page)
  expectAlike(await shown(page), await fromApi(`${CONDITIONAL}/write?text=418&style=seed:9`))
  await page.evaluate(() => {
    const element = document.querySelector('latent-interpolation')!
    element.removeAttribute('text')
    element.from = 'class:3'
    element.to = 'class:8'
  })
  await page.waitForFunction(() => {
    const element = document.querySelector('latent-interpolation')!
    return element.decoding === 'local' && element.shadowRoot!.querySelector('canvas')!.width === 28
  })
  expect(exceptions).toEqual([])
  await page.close()
})

test.each([
  ['from', 'text="26" from="class:3"'],
  ['corners', 'text="26" corners="class:0;class:1;class:2;class:3"'],
  ['text', 'text="26;;27"'],
  ['text', 'text=""'],
  ['hand', 'text="26" hand="bold"'],
])('an error names %s for %s', async (attribute, attributes) => {
  const { page, console } = await show(`model="${CONDITIONAL}" ${attributes}`)
  await expect.poll(() => console.join()).toContain(`<latent-interpolation> ${attribute}: expected `)
  await page.close()
})

test('without a model the element asks for the server’s default model', async () => {
  const { page } = await show('text="26"')
  const { default: id } = await (await fetch(`${site.home}/v1/models`)).json()
  await page.waitForFunction(() => document.querySelector('latent-interpolation')?.decoding === 'edge')
  expectAlike(await shown(page), await fromApi(`${id}/write?text=26&style=seed:7`))
  await page.close()
})

test('the page for iframes and its oEmbed reply show a text in the text’s own size', async () => {
  const link = `${site.home}/embed?model=${CONDITIONAL}&text=19-5;2026&scale=4&controls`
  const oembed = await fetch(`${site.home}/oembed?${new URLSearchParams({ url: link })}`)
  const rich = (await oembed.json()) as { html: string; title: string; width: number; height: number }
  expect(rich).toMatchObject({ title: 'From 19-5 to 2026', width: 4 * SIZE * 4, height: SIZE * 4 + 48 })
  const page = await site.browser.newPage()
  await page.setContent(rich.html)
  const frame = page.frameLocator('iframe')
  const slider = frame.getByRole('slider', { name: 'From 19-5 to 2026' })
  await slider.press('End')
  await expect.poll(() => slider.getAttribute('aria-valuetext')).toBe('2026')
  expect((await frame.locator('canvas').boundingBox())?.width).toBe(rich.width)
  await page.close()
  const html = await (await fetch(link)).text()
  const still = /property="og:image" content="([^"]+)"/.exec(html)![1].replaceAll('&amp;', '&')
  const { width, height } = decode(new Uint8Array(await (await fetch(still)).arrayBuffer()))
  expect(html).toContain(`property="og:image:width" content="${width}"`)
  expect(html).toContain(`property="og:image:height" content="${height}"`)

  const refused = await fetch(`${site.home}/embed?model=${CONDITIONAL}&text=2x`)
  expect(refused.status).toBe(400)
  expect(await refused.text()).toContain('spaces and hyphens')
})
