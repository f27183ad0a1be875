import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { NodeServer } from '../../edge/node/server.ts'
import type { LatentInterpolation } from '../../web/embed/latent-interpolation.d.ts'
import { writeModel } from '../edge/fixture-model.ts'
import {
  type EmbedSite,
  element,
  MODEL,
  openPage,
  PATH,
  pageWith,
  serveModels,
  startEmbedSite,
  waitForLocalDecoding,
} from './embed-site.ts'

let site: EmbedSite
beforeAll(async () => {
  site = await startEmbedSite()
})
afterAll(() => site.stop())

const decoding = (page: Page) => page.evaluate(() => document.querySelector('latent-interpolation')?.decoding)

/** Counts the `error` events of the page from here on. */
async function countErrors(page: Page): Promise<() => Promise<number>> {
  await page.evaluate(() => {
    const counter = Object.assign(window, { errors: 0 })
    document.addEventListener('error', () => counter.errors++, true)
  })
  return () => page.evaluate(() => (window as unknown as { errors: number }).errors)
}

/** Stops the page's clock, which then moves by `page.clock.fastForward` alone. */
async function stopClock(page: Page): Promise<void> {
  await page.clock.install({ time: 0 })
  await page.clock.pauseAt(1000)
}

/** Records the delays of the retries that the page sets timers for; a request's own time limit is 20 s exactly. */
async function recordDelays(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const { setTimeout: set } = globalThis
    const delays: number[] = []
    const record = (action: () => void, delay = 0) => {
      if (delay > 3000 && delay !== 20_000) delays.push(delay)
      return set(action, delay)
    }
    Object.assign(globalThis, { delays, setTimeout: record })
  })
}
const delaysOf = (page: Page) => page.evaluate(() => (globalThis as unknown as { delays: number[] }).delays)

describe('requests that failed', () => {
  test('failed requests are repeated when the browser is online again', async () => {
    const body = `<p style="height: 3000px">Below this:</p>${element(PATH)}`
    const { page, exceptions } = await openPage(site, site.addPage('offline.html', pageWith(body)))
    await page.waitForFunction(() => customElements.get('latent-interpolation'))
    const errors = await countErrors(page)
    await page.context().setOffline(true)
    await page.evaluate(() => scrollTo(0, 3000))
    await expect.poll(errors).toBe(1)
    await page.context().setOffline(false)
    await expect.poll(() => decoding(page)).toBe('edge')
    expect(await page.locator('latent-interpolation canvas').isVisible()).toBe(true)
    expect(await errors()).toBe(1)
    expect(exceptions).toEqual([])
    await page.close()
  })

  test('failed requests are repeated when the element becomes visible again', async () => {
    const body = `${element(PATH)}<p style="height: 5000px">Above this.</p>`
    const url = site.addPage('visible.html', pageWith(body))
    const page = await site.browser.newPage()
    await page.route('**/v1/**', route => route.abort())
    await page.goto(url)
    await page.locator('latent-interpolation .notice').waitFor()
    await page.unroute('**/v1/**')
    await page.evaluate(
      () =>
        new Promise<void>(resolve => {
          scrollTo(0, 5000)
          // Observers of one document are called in one task: the element knows by then that it is out of the window.
          const observer = new IntersectionObserver(([{ isIntersecting }]) => {
            if (!isIntersecting) resolve()
          })
          observer.observe(document.querySelector('latent-interpolation')!)
        }),
    )
    expect(await decoding(page)).toBeUndefined()
    await page.evaluate(() => scrollTo(0, 0))
    await expect.poll(() => decoding(page)).toBe('edge')
    await page.close()
  })

  test('failed requests are repeated after delays that double, and reported once', async () => {
    const page = await site.browser.newPage()
    await stopClock(page)
    await recordDelays(page)
    let requests = 0
    await page.route('**/interpolate?**', route => {
      requests++
      return route.abort()
    })
    await page.goto(site.addPage('later.html', pageWith(element(PATH))))
    const errors = await countErrors(page)
    await page.locator('latent-interpolation .notice').waitFor()
    expect(requests).toBe(1)
    for (const [retry, delay] of [4000, 8000, 16_000].entries()) {
      await expect.poll(async () => (await delaysOf(page)).length).toBe(retry + 1)
      const chosen = (await delaysOf(page))[retry]
      expect(Math.abs(chosen / delay - 1)).toBeLessThanOrEqual(0.2)
      await page.clock.fastForward(Math.floor(chosen) - 1)
      expect(requests).toBe(retry + 1)
      if (retry === 2) await page.unroute('**/interpolate?**')
      await page.clock.fastForward(2)
      if (retry < 2) await expect.poll(() => requests).toBe(retry + 2)
    }
    await expect.poll(() => decoding(page)).toBe('edge')
    expect(await errors()).toBeLessThanOrEqual(1)
    await page.close()
  })

  test('a request refused with Retry-After is repeated after that time', async () => {
    const page = await site.browser.newPage()
    await stopClock(page)
    let requests = 0
    await page.route('**/interpolate?**', route => {
      requests++
      const headers = {
        'access-control-allow-origin': '*',
        'access-control-expose-headers': 'retry-after',
        'retry-after': '30',
      }
      return route.fulfill({ status: 503, headers })
    })
    await recordDelays(page)
    await page.goto(site.addPage('busy.html', pageWith(element(PATH))))
    await expect.poll(() => delaysOf(page)).toEqual([30_000])
    await page.clock.fastForward(29_000)
    expect(requests).toBe(1)
    await page.clock.fastForward(2000)
    await expect.poll(() => requests).toBe(2)
    await page.close()
  })

  test('a failed request for the decoder leaves the API’s frames, and is repeated when the browser is online again', async () => {
    const { page, console } = await openPage(site, site.addPage('decoder.html', pageWith(element(PATH))))
    await expect.poll(() => decoding(page)).toBe('edge')
    await page.context().setOffline(true)
    await page.locator('latent-interpolation').hover()
    await expect
      .poll(() => console.some(line => line.startsWith('warning <latent-interpolation>')))
      .toBe(true)
    expect(await decoding(page)).toBe('edge')
    await page.context().setOffline(false)
    await waitForLocalDecoding(page)
    await page.close()
  })

  test('requests that the API refuses as invalid are not repeated', async () => {
    const page = await site.browser.newPage()
    await stopClock(page)
    const requests: string[] = []
    page.on('request', request => requests.push(request.url()))
    await page.goto(
      site.addPage('wrong.html', pageWith(element(`model="${MODEL}" from="class:3" to="class:12"`))),
    )
    await page.locator('latent-interpolation .notice').waitFor()
    const before = requests.length
    await page.clock.fastForward(300_000)
    // A request would be sent in the same task, and reported before the answer to `evaluate`.
    await page.evaluate(() => dispatchEvent(new Event('online')))
    expect(requests.length).toBe(before)
    await page.close()
  })
})

test('an element moved to the document of another window keeps its style, and plays there', async () => {
  const { page, exceptions } = await openPage(site, site.addPage('pop-out.html', pageWith(element(PATH))))
  await expect.poll(() => decoding(page)).toBe('edge')
  const [popup] = await Promise.all([
    page.waitForEvent('popup'),
    page.evaluate(() => {
      const popup = open('', '', 'width=300,height=300') as Window
      Object.assign(window, { moved: document.querySelector('latent-interpolation') })
      popup.document.body.append(document.querySelector('latent-interpolation') as Element)
    }),
  ])
  const canvas = popup.locator('latent-interpolation canvas')
  const style = () =>
    canvas.evaluate(node => {
      const { width, imageRendering } = getComputedStyle(node)
      return [width, imageRendering]
    })
  await expect.poll(style).toEqual(['224px', 'pixelated'])
  await page.evaluate(() => (window as unknown as { moved: LatentInterpolation }).moved.play())
  await expect
    .poll(() => page.evaluate(() => (window as unknown as { moved: LatentInterpolation }).moved.t))
    .toBeGreaterThan(0)
  // Back in the first document, it has that document's style sheet.
  await page.evaluate(() => document.body.append((window as unknown as { moved: Element }).moved))
  await expect
    .poll(() => page.locator('latent-interpolation .box').evaluate(node => getComputedStyle(node).display))
    .toBe('inline-grid')
  expect(exceptions).toEqual([])
  await popup.close()
  await page.close()
})

describe('scripts of two servers', () => {
  let folder: string
  let second: NodeServer
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'latent-second-'))
    await writeModel(folder, { id: 'only-on-second', kind: 'ae', latentDim: 2, layers: 1 })
    await cp(path.join(site.folder, 'zoo', MODEL), path.join(folder, MODEL), { recursive: true })
    second = await serveModels(folder, path.join(site.folder, 'page'))
  })
  afterAll(async () => {
    await second.stop(0)
    await rm(folder, { recursive: true })
  })

  const script = (home: string) =>
    `<script type="module" src="${home}/embed/latent-interpolation.js"></script>`
  const onlyOnSecond = element('model="only-on-second" from="seed:1" to="seed:2"')
  const addPage = (body: string) =>
    site.addPage('two.html', `<!doctype html><html lang="en"><title>Two</title><body>${body}</body></html>`)
  /** The servers asked for frames, in this order. */
  const serversAsked = (requests: readonly string[]) =>
    requests.filter(url => url.includes('/interpolate?')).map(url => new URL(url).origin)
  const waitForFrames = (page: Page) =>
    page.waitForFunction(() =>
      [...document.querySelectorAll('latent-interpolation')].every(node => node.decoding),
    )

  test('an element asks the server of the nearest script before it', async () => {
    const { page, requests } = await openPage(
      site,
      addPage(script(site.home) + script(second.url) + onlyOnSecond),
    )
    await waitForFrames(page)
    expect(serversAsked(requests)).toEqual([second.url])
    await page.close()
  })

  test('an element asks the other server if the nearest does not have the model', async () => {
    const { page, requests } = await openPage(
      site,
      addPage(script(second.url) + script(site.home) + onlyOnSecond),
    )
    await waitForFrames(page)
    expect(serversAsked(requests)).toEqual([site.home, second.url])
    await page.close()
  })

  test('each of two snippets asks its own server, once, even if one script runs while a reply is awaited', async () => {
    const page = await site.browser.newPage()
    const requests: string[] = []
    page.on('request', request => requests.push(request.url()))
    const framesAsked = Promise.withResolvers<void>()
    const secondScriptRan = Promise.withResolvers<void>()
    await page.route(`${second.url}/embed/latent-interpolation.js`, async route => {
      await framesAsked.promise
      await route.continue()
    })
    await page.route(`${site.home}/v1/**/interpolate?**`, async route => {
      framesAsked.resolve()
      await secondScriptRan.promise
      await route.continue()
    })
    const opened = page.goto(addPage(script(site.home) + element(PATH) + script(second.url) + element(PATH)))
    await framesAsked.promise
    await opened
    // The page's load event comes after its module scripts; an animation frame later, all elements have asked.
    await page.evaluate(() => new Promise(requestAnimationFrame))
    secondScriptRan.resolve()
    await waitForFrames(page)
    expect(serversAsked(requests).sort()).toEqual([site.home, second.url].sort())
    await page.close()
  })

  test('an element whose server failed asks the one whose script runs later', async () => {
    const page = await site.browser.newPage()
    const requests: string[] = []
    page.on('request', request => requests.push(request.url()))
    await page.goto(addPage(script(site.home) + onlyOnSecond))
    await page.locator('latent-interpolation .notice').waitFor()
    await page.addScriptTag({ type: 'module', url: `${second.url}/embed/latent-interpolation.js` })
    await waitForFrames(page)
    expect(serversAsked(requests)).toEqual([site.home, second.url])
    await page.close()
  })
})

test('seek on the second of two elements of one model sends change', async () => {
  const { page } = await openPage(
    site,
    site.addPage('second.html', pageWith(element(PATH) + element(`${PATH} id="second"`))),
  )
  await page.waitForFunction(() =>
    [...document.querySelectorAll('latent-interpolation')].every(node => node.decoding),
  )
  await page.evaluate(() => document.querySelector('latent-interpolation')?.seek(0.25))
  await waitForLocalDecoding(page)
  const change = await page.evaluate(() => {
    const second = document.querySelector<LatentInterpolation>('#second')!
    return new Promise(resolve => {
      second.addEventListener('change', event => resolve(event.detail.t))
      second.seek(0.5)
    })
  })
  expect(change).toBe(0.5)
  await page.close()
})

describe('narrow places', () => {
  test.each([1, 2, 4, 8])(
    'at scale %i the slider is at least 80 px wide and inside the element',
    async scale => {
      const { page } = await openPage(
        site,
        site.addPage('narrow.html', pageWith(element(`${PATH} controls scale="${scale}"`))),
      )
      await expect.poll(() => decoding(page)).toBe('edge')
      const [slider, host] = await Promise.all([
        page.getByRole('slider').boundingBox(),
        page.locator('latent-interpolation').boundingBox(),
      ])
      expect(slider!.width).toBeGreaterThanOrEqual(80)
      expect(slider!.x + slider!.width).toBeLessThanOrEqual(host!.x + host!.width + 0.5)
      await page.close()
    },
  )

  test('an element is never wider than what contains it', async () => {
    const body = `<div style="width: 150px">${element(`${PATH} controls scale="16"`)}</div>`
    const { page } = await openPage(site, site.addPage('contained.html', pageWith(body)))
    await expect.poll(() => decoding(page)).toBe('edge')
    const box = await page.locator('latent-interpolation').boundingBox()
    expect(box!.width).toBeLessThanOrEqual(150)
    expect(box!.width).toBeGreaterThan(140)
    await page.close()
  })
})
