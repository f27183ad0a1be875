import type { Browser, CDPSession, Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { open } from './opening.ts'
import { openPage, readCanvas, type Site, TRAINED } from './site.ts'

interface Place {
  x: number
  y: number
}

/** Swipes with a finger: down at a point, twenty steps, and up. */
async function swipe(session: CDPSession, from: Place, step: Place): Promise<void> {
  const touch = (type: 'touchStart' | 'touchMove', times: number) => {
    const at = { x: from.x + times * step.x, y: from.y + times * step.y }
    return session.send('Input.dispatchTouchEvent', { type, touchPoints: [at] })
  }
  await touch('touchStart', 0)
  for (let i = 1; i <= 20; i++) await touch('touchMove', i)
  await session.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
}

/** Moving the point with keys and with a finger. */
export function gesturesSuite(site: () => Site, browser: () => Browser): void {
  describe('the plane by key and finger', () => {
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

    async function openOnPhone() {
      const { page, close } = await openPage(browser(), {
        viewport: { width: 390, height: 844 },
        hasTouch: true,
        isMobile: true,
      })
      await open(page, site().url, `?model=${TRAINED}&z=0,0`, '.decoded canvas')
      await page.locator('.plane').evaluate(plane => plane.scrollIntoView({ block: 'center' }))
      const box = (await page.locator('.plane').boundingBox())!
      return { page, close, box, session: await page.context().newCDPSession(page) }
    }
    const pointOf = (page: Page) => /z=([^&]*)/.exec(page.url())![1]

    test('a finger that taps the plane moves the point there, and from there drags it', async () => {
      const { page, close, box, session } = await openOnPhone()
      const before = await readCanvas(page, '.decoded canvas')
      const [x, y] = [box.x + 120, box.y + 120]
      await page.touchscreen.tap(x, y)
      await page.waitForURL(url => /z=-/.test(url.search))
      const tapped = pointOf(page)
      await swipe(session, { x, y }, { x: 4, y: 3 })
      await expect.poll(() => pointOf(page)).not.toBe(tapped)
      await expect.poll(() => readCanvas(page, '.decoded canvas')).not.toEqual(before)
      expect(await page.evaluate(() => scrollY)).toBeGreaterThan(0)
      await close()
    })

    test('a finger that swipes over the plane beside the ring scrolls the page', async () => {
      const { page, close, box, session } = await openOnPhone()
      const before = await page.evaluate(() => scrollY)
      await swipe(session, { x: box.x + 70, y: box.y + 250 }, { x: 0, y: -8 })
      await expect.poll(() => page.evaluate(() => scrollY)).toBeGreaterThan(before + 80)
      expect(page.url()).toContain('z=0,0')
      await close()
    })
  })
}
