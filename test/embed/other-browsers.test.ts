import { decode } from 'fast-png'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { OTHER_BROWSERS, waitUntil } from '../support/other-browser.ts'
import type { OtherPage } from '../support/other-page.ts'
import { type EmbedSite, MODEL, pageWith, startEmbedSite } from './embed-site.ts'

let site: EmbedSite
beforeAll(async () => {
  site = await startEmbedSite()
})
afterAll(() => site.stop())

describe.each(OTHER_BROWSERS)('$name', browser => {
  describe.skipIf(browser.missing !== undefined)(browser.missing ?? 'installed', () => {
    let page: OtherPage
    beforeAll(async () => {
      page = await browser.launch()
    })
    afterAll(() => page.close())

    test('the element decodes in the page and reports the change of a seek', async () => {
      const element = `<latent-interpolation model="${MODEL}" from="class:3" to="class:8" engine="local"></latent-interpolation>`
      await page.goto(site.addPage('other.html', pageWith(element)))
      await waitUntil(page, `document.querySelector('latent-interpolation').decoding === 'local'`)
      const t = await page.evaluate(`new Promise(resolve => {
        const element = document.querySelector('latent-interpolation')
        element.addEventListener('change', event => resolve(event.detail.t))
        element.seek(0.5)
      })`)
      expect(t).toBe(0.5)
    })

    test('the element is shown in a sandboxed iframe', async () => {
      const src = `HOME/embed?model=${MODEL}&from=class:3&to=class:8&controls`
      const iframe = `<iframe src="${src}" sandbox="allow-scripts" width="224" height="272" style="border: 0"></iframe>`
      await page.goto(site.addPage('sandboxed.html', pageWith(iframe)))
      // The parent cannot look into a document of an opaque origin, but it is seen.
      const countDark = async () => {
        const { data, channels } = decode(await page.screenshot())
        return data.filter((value, i) => i % channels === 0 && value < 100).length
      }
      await expect.poll(countDark).toBeGreaterThan(200)
    })
  })
})
