import { gzipSync } from 'node:zlib'
import axe from 'axe-core'
import { decode } from 'fast-png'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchBrowser } from './browser.ts'
import {
  decodeTrained,
  levelsApart,
  openPage,
  PLAIN,
  readCanvas,
  type Site,
  startSite,
  TRAINED,
  WIDE,
} from './web-site.ts'

let site: Site
let browser: Browser

beforeAll(async () => {
  ;[site, browser] = await Promise.all([startSite(), launchBrowser()])
})
afterAll(async () => {
  await browser?.close()
  await site?.stop()
})

/** A query for each view, and what is there once it has all it needs. */
const VIEWS: Record<string, { query: string; ready: string }> = {
  explore: { query: `?model=${TRAINED}&z=0.5,-1`, ready: '.decoded canvas' },
  wide: { query: `?model=${WIDE}&axes=principal&grid=1`, ready: '.decoded canvas' },
  sample: { query: `?view=sample&model=${TRAINED}&n=4&seed=7`, ready: '.sheet canvas' },
  interpolate: { query: `?view=interpolate&model=${TRAINED}&t=0.5`, ready: 'canvas.strip' },
  reconstruct: { query: `?view=reconstruct&model=${TRAINED}&x=test:18`, ready: '.reader canvas' },
  compare: { query: `?view=compare&model=${TRAINED}&other=${PLAIN}&by=image`, ready: '.side-images canvas' },
  paper: { query: `?view=paper&model=${TRAINED}`, ready: '.chart canvas' },
}
const NAMES = Object.keys(VIEWS)

/** Opens a view and waits until everything it shows has come and been drawn. */
async function open(page: Page, query: string, ready: string, base = site.url): Promise<void> {
  await page.goto(base + '/' + query)
  await page.locator(ready).first().waitFor()
  await settle(page)
}

/** Waits until nothing is on its way and what came has been drawn. */
async function settle(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const images = [...document.images].every(image => image.complete)
    return (
      images && !document.querySelector('.progress, .skeleton, [aria-busy="true"], .picker [role="status"]')
    )
  })
  await page.evaluate(() => new Promise(resolve => setTimeout(resolve, 250)))
}

describe('the views', () => {
  it.each(NAMES)(
    '%s opens at 390 pixels in the dark: no fault, no scrolling sideways, no violation',
    async name => {
      const options = { viewport: { width: 390, height: 844 }, hasTouch: true, colorScheme: 'dark' as const }
      const { page, faults, close } = await openPage(browser, options)
      await open(page, VIEWS[name].query, VIEWS[name].ready)
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
      expect(await page.locator('.message').allTextContents()).toEqual([])
      expect(await violations(page)).toEqual([])
      expect(faults).toEqual([])
      await close()
    },
  )

  it.each(NAMES)(
    '%s on a wide light screen: no violation, and every control by keyboard, each stop seen',
    async name => {
      const { page, close } = await openPage(browser)
      await open(page, VIEWS[name].query, VIEWS[name].ready)
      const controls = await countStops(page)
      const { reached, unseen } = await walk(page, controls + 5)
      expect(unseen).toEqual([])
      expect(reached).toBe(controls)
      expect(await violations(page)).toEqual([])
      await close()
    },
  )

  it('sample shows the images that the API gives for the same seed', async () => {
    const { page, close } = await openPage(browser)
    await open(page, VIEWS.sample.query, VIEWS.sample.ready)
    const response = await fetch(`${site.url}/v1/models/${TRAINED}/sample?n=4&seed=7&format=f32`)
    const pixels = new Float32Array(await response.arrayBuffer())
    for (let i = 0; i < 4; i++) {
      const levels = await readCanvas(page, `.sheet .tile:nth-child(${i + 1}) canvas`)
      expect(levelsApart(levels, pixels.subarray(i * 784, (i + 1) * 784))).toBeLessThan(1.5)
    }
    const image = page.locator('.api-sheet')
    expect(await image.evaluate(element => (element as HTMLImageElement).naturalWidth)).toBe(2 * 2 * 28)
    await close()
  })

  it('reconstruct gives the losses and KL that the API gives for the same image', async () => {
    const { page, close } = await openPage(browser)
    await open(page, `?view=reconstruct&model=${TRAINED}&among=${TRAINED}&x=test:18`, '.figures')
    const levels = await readCanvas(page, '.original canvas')
    const images = [levels.map(level => Math.round(level) / 255)]
    const response = await fetch(`${site.url}/v1/models/${TRAINED}/reconstruct?format=json`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ images }),
    })
    const answer = JSON.stringify(await response.json())
    const shown = await page.locator('.figures').first().innerText()
    for (const name of ['bce', 'kl']) {
      const expected = Number(new RegExp(`"${name}":\\[?([\\d.]+)`).exec(answer)?.[1])
      const got = Number(new RegExp(`\\b${name.toUpperCase()}\\s+([\\d.]+)`).exec(shown)?.[1])
      expect(Math.abs(got - expected)).toBeLessThan(0.01 * expected)
    }
    await close()
  })

  it('reconstruct takes a drawing, centres it, and keeps it in the address', async () => {
    const { page, close } = await openPage(browser)
    await open(page, `?view=reconstruct&model=${TRAINED}&among=${TRAINED}`, '.reader canvas')
    const box = (await page.locator('.pad').boundingBox())!
    await page.mouse.move(box.x + 20, box.y + 20)
    await page.mouse.down()
    await page.mouse.move(box.x + 30, box.y + box.height / 2, { steps: 8 })
    await page.mouse.up()
    await page.waitForURL(/x=ink:/)
    await settle(page)
    const levels = await readCanvas(page, '.original canvas')
    const mass = levels.reduce((sum, v) => sum + v, 0)
    const centre = (axis: 0 | 1) =>
      levels.reduce((sum, v, i) => sum + v * (axis === 0 ? i % 28 : Math.floor(i / 28)), 0) / mass
    expect(Math.abs(centre(0) - 14)).toBeLessThan(0.6)
    expect(Math.abs(centre(1) - 14)).toBeLessThan(0.6)
    const rows = levels.flatMap((v, i) => (v > 20 ? [Math.floor(i / 28)] : []))
    expect(Math.max(...rows) - Math.min(...rows) + 1).toBeGreaterThanOrEqual(18)
    await close()
  })

  it('interpolate takes a drawing as a corner, and hands the way out as an animation and as an element', async () => {
    const { page, close } = await openPage(browser)
    await open(page, `?view=interpolate&model=${TRAINED}`, 'canvas.strip')
    await page.getByRole('button', { name: 'Draw corner B' }).click()
    const box = (await page.locator('dialog .pad').boundingBox())!
    await page.mouse.move(box.x + 100, box.y + 40)
    await page.mouse.down()
    await page.mouse.move(box.x + 100, box.y + 200, { steps: 5 })
    await page.mouse.up()
    await page.getByRole('button', { name: 'Use it' }).click()
    await page.waitForURL(/corners=class:0;z:/)
    const url = await page.getByRole('link', { name: 'Download APNG' }).getAttribute('href')
    const response = await fetch(url!)
    expect(response.headers.get('content-type')).toBe('image/apng')
    const corner = /corners=class:0;(z:[^&]*)/.exec(page.url())![1]
    const code = await page.locator('.strip-box code').textContent()
    expect(code).toContain(`to="${corner}"`)
    expect(code).toContain(`src="${site.url}/embed/latent-interpolation.js"`)
    await close()
  })

  it('explore shows the test image under the pointer with its class', async () => {
    const { page, close } = await openPage(browser)
    await open(page, `?model=${TRAINED}`, '.decoded canvas')
    const box = (await page.locator('.plane').boundingBox())!
    for (let i = 0; i < 40 && !(await page.locator('.tooltip').count()); i++) {
      await page.mouse.move(box.x + box.width * (0.4 + i * 0.005), box.y + box.height * 0.5)
    }
    const text = await page.locator('.tooltip').innerText()
    const [, label, index] = /(\d)\s+test image (\d+)/.exec(text)!
    const labels = await fetch(`${site.url}/v1/models/${TRAINED}/latents?format=json`).then(r => r.json())
    expect((labels as { label: number[] }).label[Number(index)]).toBe(Number(label))
    await close()
  })
})

const Z = [0.5, -1]

/** The page decodes Z as onnxruntime-node does, within half a grey level beside the rounding of pixel and ink. */
async function expectDecoded(page: Page): Promise<void> {
  const pixels = await decodeTrained(Z)
  await expect
    .poll(async () => levelsApart(await readCanvas(page, '.decoded canvas'), pixels), { timeout: 20_000 })
    .toBeLessThan(1.5)
}

/** What axe-core finds wrong with the page as it is. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source)
  return page.evaluate(async () => {
    const results = await (globalThis as unknown as { axe: typeof axe }).axe.run(document)
    return results.violations.map(v => `${v.id}: ${v.nodes.map(node => node.html.slice(0, 120)).join(' | ')}`)
  })
}

/** How many controls Tab should stop at: of radio buttons with one name it is one. */
function countStops(page: Page): Promise<number> {
  return page.evaluate(() => {
    const all = document.querySelectorAll('a[href], button:enabled, select, input, summary, [tabindex="0"]')
    const groups = new Set<string>()
    return [...all].filter(element => {
      if (!element.checkVisibility()) return false
      if (!(element instanceof HTMLInputElement) || element.type !== 'radio') return true
      return !groups.has(element.name) && groups.add(element.name)
    }).length
  })
}

/** Presses Tab: how many elements it reached, and those among them whose focus cannot be seen. */
async function walk(page: Page, presses: number): Promise<{ reached: number; unseen: string[] }> {
  const unseen: string[] = []
  await page.evaluate(() => {
    ;(globalThis as { seen?: Set<Element> }).seen = new Set()
  })
  for (let i = 0; i < presses; i++) {
    await page.keyboard.press('Tab')
    const hidden = await page.evaluate(() => {
      const { seen } = globalThis as unknown as { seen: Set<Element> }
      const element = document.activeElement as HTMLElement
      if (element === document.body || seen.has(element)) return undefined
      seen.add(element)
      const stands = element.matches('.choices input') ? element.nextElementSibling : element.closest('.file')
      const style = getComputedStyle(stands ?? element)
      return style.outlineStyle === 'none' || Number.parseFloat(style.outlineWidth) < 2
        ? element.outerHTML
        : undefined
    })
    if (hidden) unseen.push(hidden)
  }
  return {
    reached: await page.evaluate(() => (globalThis as unknown as { seen: Set<Element> }).seen.size),
    unseen,
  }
}

const inUse = (page: Page) => page.locator('.engine output').getAttribute('data-engine')

describe('the engines', () => {
  it.each(['plain', 'wasm', 'edge'])('%s decodes as onnxruntime-node does', async engine => {
    const { page, faults, close } = await openPage(browser)
    const requested: string[] = []
    page.on('request', request => requested.push(new URL(request.url()).pathname))
    await open(page, `?model=${TRAINED}&z=${Z}&engine=${engine}`, '.decoded canvas')
    await expect.poll(() => inUse(page), { timeout: 30_000 }).toBe(engine)
    await expectDecoded(page)
    expect(requested.some(path => path.includes('ort-wasm'))).toBe(engine === 'wasm')
    expect(requested.some(path => path.endsWith('/decode'))).toBe(engine === 'edge')
    expect(await page.locator('.message').count()).toBe(0)
    expect(faults).toEqual([])
    await close()
  })

  it('webgpu decodes as onnxruntime-node does, on an adapter that does not say it is software', async () => {
    const gpu = await launchBrowser({ webgpu: true })
    try {
      const { page, close } = await openPage(gpu)
      await page.addInitScript(() => {
        const info = (globalThis as { GPUAdapterInfo?: { prototype: object } }).GPUAdapterInfo
        if (info) Object.defineProperty(info.prototype, 'isFallbackAdapter', { get: () => false })
      })
      await open(page, `?model=${TRAINED}&z=${Z}&engine=webgpu`, '.decoded canvas')
      await expect.poll(() => inUse(page), { timeout: 60_000 }).toBe('webgpu')
      await expectDecoded(page)
      expect(await page.locator('.message').count()).toBe(0)
      await close()
      const software = await openPage(gpu)
      await open(software.page, `?model=${TRAINED}&z=${Z}&engine=webgpu`, '.decoded canvas')
      await software.page.getByText('only a software adapter').waitFor()
      expect(await inUse(software.page)).toBe('plain')
      await software.close()
    } finally {
      await gpu.close()
    }
  })

  it('asks another API where the address names one', async () => {
    const other = await site.another()
    const { page, close } = await openPage(browser)
    const asked = new Set<string>()
    page.on('request', request => {
      const url = new URL(request.url())
      if (url.pathname.startsWith('/v1/')) asked.add(url.origin)
    })
    await open(
      page,
      `?model=${TRAINED}&z=${Z}&engine=edge&api=${encodeURIComponent(other.url)}`,
      '.decoded canvas',
    )
    await expect.poll(() => inUse(page)).toBe('edge')
    await expectDecoded(page)
    expect([...asked]).toEqual([other.url])
    expect(await page.getByRole('link', { name: 'The API' }).getAttribute('href')).toBe(`${other.url}/docs`)
    await close()
    await other.stop()
  })

  it('without WebGPU says so and goes on in plain TypeScript', async () => {
    const { page, close } = await openPage(browser)
    await open(page, `?model=${TRAINED}&z=${Z}&engine=webgpu`, '.decoded canvas')
    await page.getByText('WebGPU found no graphics adapter').waitFor()
    expect(await inUse(page)).toBe('plain')
    await expectDecoded(page)
    await close()
  })

  it('where a policy blocks WebAssembly says so and goes on in plain TypeScript', async () => {
    const { page, close } = await openPage(browser)
    await page.route(`${site.url}/?*`, async route => {
      const response = await route.fetch()
      const headers = {
        ...response.headers(),
        'content-security-policy': "script-src 'self'; worker-src 'self'",
      }
      await route.fulfill({ response, headers })
    })
    await open(page, `?model=${TRAINED}&z=${Z}&engine=wasm`, '.decoded canvas')
    await page.getByText('security policy blocks WebAssembly').waitFor()
    expect(await inUse(page)).toBe('plain')
    await expectDecoded(page)
    await close()
  })

  it('refuses an engine whose golden vector comes out wrong', async () => {
    const { page, close } = await openPage(browser)
    await page.route('**/decode?format=f32', async route => {
      const response = await route.fetch()
      const pixels = new Float32Array(Uint8Array.from(await response.body()).buffer)
      pixels[500] += 0.01
      await route.fulfill({ response, body: Buffer.from(pixels.buffer) })
    })
    await open(page, `?model=${TRAINED}&z=${Z}&engine=edge`, '.decoded canvas')
    await page.getByText('off by 0.01').waitFor()
    expect(await inUse(page)).toBe('plain')
    await expectDecoded(page)
    await close()
  })

  it('goes on alone when the server goes away, and says so', async () => {
    const server = await site.another()
    const { page, close } = await openPage(browser)
    await open(page, `?model=${TRAINED}&z=0,0&engine=edge`, '.decoded canvas', server.url)
    await expect.poll(() => inUse(page)).toBe('edge')
    await server.stop()
    await page.locator('.plane').press('ArrowRight')
    await page.getByText('does not answer').waitFor()
    expect(await inUse(page)).toBe('plain')
    const before = await readCanvas(page, '.decoded canvas')
    await page.getByRole('button', { name: 'Mean of class 1' }).click()
    await expect.poll(() => readCanvas(page, '.decoded canvas')).not.toEqual(before)
    await page.getByRole('link', { name: 'Paper' }).click()
    await page.getByText('could not be fetched').waitFor()
    await page.getByRole('link', { name: 'Explore' }).click()
    await page.locator('.decoded canvas').waitFor()
    await close()
  })

  it('goes on when the worker of an engine dies, and says so', async () => {
    const { page, close } = await openPage(browser)
    await open(page, `?model=${TRAINED}&z=0.3,0&engine=wasm`, '.decoded canvas')
    await expect
      .poll(() => page.locator('.engine output').innerText(), { timeout: 30_000 })
      .toMatch(/WASM [\d.]+ ms/)
    await page.workers()[0].evaluate(() => {
      setTimeout(() => {
        throw new Error('out of memory')
      })
    })
    await page.getByText('out of memory').waitFor()
    await page.locator('.plane').press('Shift+ArrowDown')
    expect(await inUse(page)).toBe('plain')
    expect(page.url()).toContain('engine=wasm')
    await close()
  })

  it('says so when there was no server from the start, and tries again', async () => {
    const { page, close } = await openPage(browser)
    await page.route('**/v1/**', route => route.abort())
    await page.goto(`${site.url}/?model=${TRAINED}&z=${Z}`)
    await page.getByText('does not answer').waitFor()
    await page.unroute('**/v1/**')
    for (const again = page.getByRole('button', { name: 'Try again' }); await again.count(); ) {
      await again.first().click()
      await page.waitForTimeout(200)
    }
    await expectDecoded(page)
    await close()
  })
})

describe('by key and finger', () => {
  it('arrow keys move the point, and the live text says where it is', async () => {
    const { page, close } = await openPage(browser)
    await open(page, `?model=${TRAINED}&z=0,0`, '.decoded canvas')
    await page.locator('.plane').focus()
    await page.keyboard.press('ArrowRight')
    await page.keyboard.press('Shift+ArrowUp')
    await page.waitForURL(/z=0?\.\d+,0?\.\d+/)
    const [x, y] = /z=([\d.]+),([\d.]+)/.exec(page.url())!.slice(1).map(Number)
    expect(y / x).toBeCloseTo(5, 1)
    await expect
      .poll(() => page.locator('[aria-live]').innerText())
      .toContain(`z1 ${x.toFixed(2)}, z2 ${y.toFixed(2)}`)
    await close()
  })

  it('a finger on a 390-pixel screen drags the point', async () => {
    const { page, close } = await openPage(browser, {
      viewport: { width: 390, height: 844 },
      hasTouch: true,
      isMobile: true,
    })
    await open(page, `?model=${TRAINED}&z=0,0`, '.decoded canvas')
    const before = await readCanvas(page, '.decoded canvas')
    await page.locator('.plane').scrollIntoViewIfNeeded()
    const box = (await page.locator('.plane').boundingBox())!
    const session = await page.context().newCDPSession(page)
    const touch = (type: 'touchStart' | 'touchMove', x: number, y: number) =>
      session.send('Input.dispatchTouchEvent', { type, touchPoints: [{ x: box.x + x, y: box.y + y }] })
    await touch('touchStart', 120, 120)
    for (let i = 1; i <= 10; i++) await touch('touchMove', 120 + i * 6, 120 + i * 4)
    await session.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
    await page.waitForURL(url => !/z=0,0/.test(url.search) && /z=/.test(url.search))
    await expect.poll(() => readCanvas(page, '.decoded canvas')).not.toEqual(before)
    await close()
  })
})

/** Two screenshots of one page that nothing happens on differ by this much of 255 where rounded corners are smoothed. */
const RASTER = 2

/** The greatest difference of two PNGs, of 255; infinite for different sizes. */
function greatestDifference(a: Uint8Array, b: Uint8Array): number {
  const [one, other] = [decode(a), decode(b)]
  if (one.width !== other.width || one.height !== other.height) return Number.POSITIVE_INFINITY
  let worst = 0
  for (let i = 0; i < one.data.length; i++) worst = Math.max(worst, Math.abs(one.data[i] - other.data[i]))
  return worst
}

describe('links and bytes', () => {
  it.each(NAMES)('a link copied from %s shows the same pixels in another browser', async name => {
    const shoot = (page: Page) => page.screenshot({ mask: [page.locator('.engine output')] })
    const viewport = { width: 1000, height: 760 }
    const first = await openPage(browser, { viewport })
    await open(first.page, VIEWS[name].query, VIEWS[name].ready)
    const before = await shoot(first.page)
    await change(first.page, name)
    await first.page.waitForURL(url => decodeURIComponent(url.search) !== VIEWS[name].query)
    const link = new URL(first.page.url()).search
    await open(first.page, link, VIEWS[name].ready)
    const after = await shoot(first.page)
    await first.close()
    const second = await openPage(browser, { viewport })
    await open(second.page, link, VIEWS[name].ready)
    expect(greatestDifference(before, after)).toBeGreaterThan(50)
    expect(greatestDifference(after, await shoot(second.page))).toBeLessThanOrEqual(RASTER)
    await second.close()
  })

  it('the first decode needs at most 60 kB of compressed page, and no ONNX Runtime', async () => {
    const { page, close } = await openPage(browser)
    const sizes = new Map<string, number>()
    page.on('response', async response => {
      const { pathname } = new URL(response.url())
      if (pathname.startsWith('/v1/')) return
      sizes.set(pathname, gzipSync(await response.body()).length)
    })
    const hosts = new Set<string>()
    page.on('request', request => hosts.add(new URL(request.url()).host))
    await open(page, `?model=${TRAINED}`, '.decoded canvas')
    expect([...hosts]).toEqual([new URL(site.url).host])
    const total = [...sizes.values()].reduce((sum, size) => sum + size, 0)
    console.log(`first decode: ${total} bytes of page, gzip: ${JSON.stringify(Object.fromEntries(sizes))}`)
    expect([...sizes.keys()].filter(name => /ort|wasm|worker/.test(name))).toEqual([])
    expect(total).toBeGreaterThan(10_000)
    expect(total).toBeLessThan(60_000)
    await close()
  })
})

/** Does what a person would to change what a view shows. */
async function change(page: Page, name: string): Promise<void> {
  if (name === 'explore' || name === 'wide') await page.locator('.plane').press('Shift+ArrowLeft')
  if (name === 'sample') await page.locator('.sheet .tile').nth(2).click()
  if (name === 'interpolate') await page.getByLabel('around (slerp)').check()
  if (name === 'reconstruct') await page.getByRole('spinbutton', { name: 'Test image' }).fill('77')
  if (name === 'compare') await page.getByLabel('seed', { exact: true }).check()
  if (name === 'paper') await page.getByLabel('FreyFace').check()
  await page.keyboard.press('Tab')
}
