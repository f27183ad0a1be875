import { decode } from 'fast-png'
import { default as jsQR } from 'jsqr'
import type { Browser, Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { violations } from './access.ts'
import { open, settle } from './opening.ts'
import { openPage, type Site, TRAINED } from './site.ts'

/** Reads the text of the page's QR code with an independent reader. */
async function readQrCode(page: Page): Promise<string | undefined> {
  const { data, width, height, channels } = decode(await page.locator('.qr').screenshot())
  const rgba = Uint8ClampedArray.from({ length: width * height * 4 }, (_, i) =>
    i % 4 < channels ? data[Math.floor(i / 4) * channels + (i % 4)] : 255,
  )
  // Its types describe an ES module; Node gives the function as the default of the default.
  const read = (jsQR.default ?? jsQR) as unknown as typeof jsQR.default
  return read(rgba, width, height)?.data
}

/** The tour, and the page on a projector. */
export function teachingSuite(site: () => Site, browser: () => Browser): void {
  describe('for teachers', () => {
    test('the tour leads through five steps and leaves the page as it is', async () => {
      const { page, faults, close } = await openPage(browser())
      await open(page, site().url, `?model=${TRAINED}`, '.decoded canvas')
      await page.getByRole('button', { name: 'Five-step tour' }).click()
      const views = []
      for (let step = 1; step <= 5; step++) {
        await page.getByRole('heading', { name: new RegExp(`^${step} of 5`) }).waitFor()
        await settle(page)
        expect(await violations(page)).toEqual([])
        views.push(new URL(page.url()).searchParams.get('view') ?? 'explore')
        // By keyboard alone: the focus is on the button that goes on.
        const onwards = page.getByRole('button', { name: step < 5 ? 'Next' : 'Done', exact: true })
        await expect.poll(() => onwards.evaluate(button => button === document.activeElement)).toBe(true)
        await page.keyboard.press('Enter')
      }
      expect(views).toEqual(['explore', 'explore', 'sample', 'interpolate', 'reconstruct'])
      await expect.poll(() => page.locator('.tour').count()).toBe(0)
      expect(faults).toEqual([])
      await close()
    })

    test('the tour goes on at its step in a link, fits narrow pages, and Escape leaves it', async () => {
      const { page, faults, close } = await openPage(browser())
      await page.setViewportSize({ width: 320, height: 640 })
      await open(page, site().url, `?model=${TRAINED}&tour=2&grid=1`, '.decoded canvas')
      await page.getByRole('heading', { name: /^2 of 5/ }).waitFor()
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320)
      await page.getByRole('button', { name: 'Next', exact: true }).click()
      await page.getByRole('heading', { name: /^3 of 5/ }).waitFor()
      await page.goBack()
      await page.getByRole('heading', { name: /^2 of 5/ }).waitFor()
      await page.keyboard.press('Escape')
      await expect.poll(() => page.locator('.tour').count()).toBe(0)
      const start = page.getByRole('button', { name: 'Five-step tour' })
      await expect.poll(() => start.evaluate(button => button === document.activeElement)).toBe(true)
      expect(faults).toEqual([])
      await close()
    })

    test('?present shows the view alone in larger type, with a QR code, until Escape', async () => {
      const { page, faults, close } = await openPage(browser())
      await open(page, site().url, `?model=${TRAINED}&z=0,0`, '.decoded canvas')
      const sizeOf = () => page.locator('h1').evaluate(h1 => Number.parseFloat(getComputedStyle(h1).fontSize))
      const before = await sizeOf()
      await open(page, site().url, `?model=${TRAINED}&z=0,0&present=1`, '.decoded canvas')
      expect(await sizeOf()).toBeGreaterThan(before * 1.2)
      expect(await page.getByRole('navigation', { name: 'Views' }).isVisible()).toBe(false)
      await page.locator('.qr svg').waitFor()
      expect(await readQrCode(page)).toBe(`${site().url}/?model=${TRAINED}&z=0,0`)
      await page.keyboard.press('Escape')
      await page.getByRole('navigation', { name: 'Views' }).waitFor()
      await page.waitForURL(url => !url.search.includes('present'))
      expect(faults).toEqual([])
      await close()
    })
  })
}
