import { gzipSync } from 'node:zlib'
import { decode } from 'fast-png'
import type { Browser, Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { NAMES, open, VIEWS } from './opening.ts'
import { CONDITIONAL, openPage, type Site, TRAINED } from './site.ts'

/**
 * Largest difference, of 255, between two screenshots of an unchanged page: rounded corners are not always smoothed
 * alike.
 */
const RASTER = 2

/** The largest difference between two PNGs, of 255; infinite for different sizes. */
function greatestDifference(a: Uint8Array, b: Uint8Array): number {
  const [one, other] = [decode(a), decode(b)]
  if (one.width !== other.width || one.height !== other.height) return Number.POSITIVE_INFINITY
  let worst = 0
  for (let i = 0; i < one.data.length; i++) worst = Math.max(worst, Math.abs(one.data[i] - other.data[i]))
  return worst
}

/** Changes the state of a view as a visitor would. */
async function change(page: Page, name: string): Promise<void> {
  if (name === 'explore' || name === 'wide') await page.locator('.plane').press('Shift+ArrowLeft')
  if (name === 'sample') await page.locator('.sheet .tile').nth(2).click()
  if (name === 'styles') await page.locator('.hand-row').nth(3).click()
  if (name === 'interpolate') await page.getByLabel('spherical (slerp)').check()
  if (name === 'reconstruct') await page.getByRole('spinbutton', { name: 'Test image' }).fill('77')
  if (name === 'compare') await page.getByLabel('seed', { exact: true }).check()
  if (name === 'paper') await page.getByRole('radio', { name: 'FreyFace' }).check()
  await page.keyboard.press('Tab')
}

/** A view's address contains its whole state; and how many bytes a view needs. */
export function linksSuite(site: () => Site, browser: () => Browser): void {
  describe('links and bytes', () => {
    // What the Train view shows takes minutes to come; train.suite.ts opens its link.
    test.each(NAMES.filter(name => name !== 'train'))(
      'a link copied from %s shows the same pixels in another browser',
      async name => {
        const shoot = async (page: Page) => {
          // The Paper page's tables, which the address chooses, are further down.
          if (name === 'paper') await page.locator('#layers').evaluate(element => element.scrollIntoView())
          return page.screenshot({ mask: [page.locator('.engine-time')] })
        }
        const viewport = { width: 1000, height: 760 }
        const first = await openPage(browser(), { viewport })
        await open(first.page, site().url, VIEWS[name].query, VIEWS[name].ready)
        const before = await shoot(first.page)
        await change(first.page, name)
        await first.page.waitForURL(url => decodeURIComponent(url.search) !== VIEWS[name].query)
        const link = new URL(first.page.url()).search
        await open(first.page, site().url, link, VIEWS[name].ready)
        const after = await shoot(first.page)
        await first.close()
        const second = await openPage(browser(), { viewport })
        await open(second.page, site().url, link, VIEWS[name].ready)
        expect(greatestDifference(before, after)).toBeGreaterThan(50)
        expect(greatestDifference(after, await shoot(second.page))).toBeLessThanOrEqual(RASTER)
        await second.close()
      },
    )

    test.each([
      ['explore', `?model=${TRAINED}&z=0.5,-1`, `/v1/models/${TRAINED}?density=omit`],
      ['sample', `?view=sample&model=${TRAINED}&n=4&seed=7&from=3&temperature=0.5`, '/v1/models'],
      ['sample', `?view=sample&model=${CONDITIONAL}&n=4&seed=7`, `/v1/models/${CONDITIONAL}?density=omit`],
      [
        'interpolate',
        `?view=interpolate&model=${TRAINED}&corners=class:1;seed:5&steps=9&t=0.5`,
        '/v1/models',
      ],
      ['reconstruct', `?view=reconstruct&model=${TRAINED}&x=test:118`, '/images/mnist-test-1.png'],
    ])('what the head of %s preloads is what the view fetches, once', async (view, query, path) => {
      const { page, close } = await openPage(browser())
      const asked: string[] = []
      page.on('request', request => asked.push(request.url()))
      await open(page, site().url, query, VIEWS[view].ready)
      const preloads = await page
        .locator('head link:is([rel=preload], [rel=modulepreload])')
        .evaluateAll(links => links.map(link => (link as HTMLLinkElement).href))
      expect(preloads).toContain(site().url + path)
      for (const url of preloads) expect([url, asked.filter(each => each === url).length]).toEqual([url, 1])
      // A picture that the view did not take would be fetched beside the one that it asks for.
      const pictures = asked.filter(url => url.includes('format=png') && !url.includes('scale=2'))
      expect(pictures.filter(url => !preloads.includes(url))).toEqual([])
      await close()
    })

    test.each([
      ['explore', `?model=${TRAINED}&z=0.5,-1`],
      ['sample', `?view=sample&model=${TRAINED}&n=4&seed=7`],
    ])('%s shows the server’s picture before its script has come', async (view, query) => {
      const { page, faults, close } = await openPage(browser())
      const release = Promise.withResolvers<void>()
      await page.route('**/assets/*.js', async route => {
        await release.promise
        await route.continue()
      })
      await page.goto(`${site().url}/${query}`, { waitUntil: 'commit' })
      await page.waitForFunction(() => (document.querySelector('img')?.naturalWidth ?? 0) > 1)
      expect(await page.locator('img').isVisible()).toBe(true)
      release.resolve()
      await page.locator(VIEWS[view].ready).first().waitFor()
      expect(faults).toEqual([])
      await close()
    })

    test('the first decode needs at most 60 kB of compressed page, and no ONNX Runtime', async () => {
      const { page, close } = await openPage(browser())
      const sizes = new Map<string, number>()
      page.on('response', async response => {
        const { pathname } = new URL(response.url())
        if (pathname.startsWith('/v1/')) return
        sizes.set(pathname, gzipSync(await response.body()).length)
      })
      const hosts = new Set<string>()
      page.on('request', request => hosts.add(new URL(request.url()).host))
      await open(page, site().url, `?model=${TRAINED}`, '.decoded canvas')
      expect([...hosts]).toEqual([new URL(site().url).host])
      const total = [...sizes.values()].reduce((sum, size) => sum + size, 0)
      console.log(`first decode: ${total} bytes of page, gzip: ${JSON.stringify(Object.fromEntries(sizes))}`)
      expect([...sizes.keys()].filter(name => /ort|wasm|worker/.test(name))).toEqual([])
      expect(total).toBeGreaterThan(10_000)
      expect(total).toBeLessThan(60_000)
      await close()
    })
  })
}
