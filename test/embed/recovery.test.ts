import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  decoding,
  type EmbedSite,
  element,
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
  await expect.poll(() => console.some(line => line.startsWith('warning <latent-interpolation>'))).toBe(true)
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
