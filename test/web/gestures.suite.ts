import type { Browser } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { open } from './opening.ts'
import { openPage, readCanvas, type Site, TRAINED } from './site.ts'

/** Moving the point by other means than a mouse. */
export function describeHands(site: () => Site, browser: () => Browser): void {
  describe('by key and finger', () => {
    test('arrow keys move the point, and the live text says where it is', async () => {
      const { page, close } = await openPage(browser())
      await open(page, site().url, `?model=${TRAINED}&z=0,0`, '.decoded canvas')
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

    test('a finger on a 390-pixel screen drags the point', async () => {
      const { page, close } = await openPage(browser(), {
        viewport: { width: 390, height: 844 },
        hasTouch: true,
        isMobile: true,
      })
      await open(page, site().url, `?model=${TRAINED}&z=0,0`, '.decoded canvas')
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
}
