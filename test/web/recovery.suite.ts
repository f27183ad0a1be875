import type { Browser } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { open } from './opening.ts'
import { openPage, type Site, TRAINED } from './site.ts'

/** How the page handles invalid addresses, and scripts that cannot be fetched. */
export function recoverySuite(site: () => Site, browser: () => Browser): void {
  describe('recovery', () => {
    test.each(['javascript:alert(1)', 'ht!tp', '//'])(
      'an address with api=%s opens with the page’s own API and says so',
      async api => {
        const { page, faults, close } = await openPage(browser())
        await open(page, site().url, `?model=${TRAINED}&api=${encodeURIComponent(api)}`, '.decoded canvas')
        expect(await page.locator('.message').innerText()).toContain(`api=${api}, which is not a valid value`)
        expect(faults).toEqual([])
        await close()
      },
    )

    test('an address with an unknown model opens the default one and says so in a line', async () => {
      const { page, close } = await openPage(browser())
      await open(page, site().url, '?model=nope&z=0,0', '.decoded canvas')
      const message = await page.locator('.message span').innerText()
      expect(message).toContain('no model “nope”')
      expect(message.length).toBeLessThan(120)
      const chosen = page.locator('select.models').locator('option:checked')
      expect(message).toContain((await chosen.innerText()).trim())
      await expect.poll(() => page.url()).not.toContain('nope')
      await close()
    })

    test('Compare with an unknown second model opens the default one and says so in a line', async () => {
      const { page, close } = await openPage(browser())
      await open(page, site().url, `?view=compare&model=${TRAINED}&other=nope`, '.side-images canvas')
      const message = page.locator('.message span')
      await message.waitFor()
      expect(await message.innerText()).toMatch(/^This server has no model “nope” to compare with\./)
      await expect.poll(() => page.url()).not.toContain('other=')
      await close()
    })

    test('a view whose script cannot be fetched opens after Reload, with the same state', async () => {
      const { page, close } = await openPage(browser())
      await open(page, site().url, `?model=${TRAINED}&z=0.5,-1`, '.decoded canvas')
      await page.route('**/assets/sample-*.js', route => route.abort())
      await page.getByRole('link', { name: 'Sample' }).click()
      const reload = page.getByRole('alert').getByRole('button', { name: 'Reload' })
      await reload.waitFor()
      await page.unroute('**/assets/sample-*.js')
      await reload.click()
      await page.locator('.sheet canvas').first().waitFor()
      expect(page.url()).toContain(`view=sample&model=${TRAINED}`)
      await close()
    })

    test('a view whose script cannot be fetched opens by itself when the browser is online again', async () => {
      const { page, close } = await openPage(browser())
      await open(page, site().url, `?model=${TRAINED}`, '.decoded canvas')
      await page.context().setOffline(true)
      await page.getByRole('link', { name: 'Sample' }).click()
      await page.getByRole('alert').getByRole('button', { name: 'Reload' }).click()
      await page.getByText('The server does not answer yet.').waitFor()
      await page.context().setOffline(false)
      await page.locator('.sheet canvas').first().waitFor()
      await close()
    })

    test('Copy a link answers beside the button each time, and shows the link without a clipboard', async () => {
      const { page, close } = await openPage(browser(), {
        permissions: ['clipboard-read', 'clipboard-write'],
      })
      await open(page, site().url, `?model=${TRAINED}&z=0.5,-1`, '.decoded canvas')
      const button = page.getByRole('button', { name: 'Copy a link to this view' })
      for (let time = 0; time < 2; time++) {
        await button.click()
        await page.locator('.copy-link .answer').getByText('on the clipboard').waitFor()
        expect(await page.locator('.answer').count()).toBe(1)
      }
      expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(page.url())
      await page.evaluate(() => {
        navigator.clipboard.writeText = () => Promise.reject(new Error('denied'))
      })
      await button.click()
      await page.locator('.copy-link .answer').getByText(page.url()).waitFor()
      await close()
    })
  })
}
