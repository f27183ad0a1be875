import type { Browser, Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import type { Site } from './site.ts'
import { openTrainPage, QUICK } from './train-page.ts'

/** What training in the page does when the browser cannot keep it, or its loss is no number. */
export function trainSurvivalSuite(site: () => Site, browser: () => Browser): void {
  const open = (recipe = QUICK, prepare?: (page: Page) => Promise<void>) =>
    openTrainPage(site(), browser(), recipe, { prepare })

  describe('the Train view survives', () => {
    test('with full storage the page says so, training continues, and the model can be downloaded', async () => {
      const { page, press, status, download, close } = await open()
      const devtools = await page.context().newCDPSession(page)
      const quota = { origin: new URL(site().url).origin, quotaSize: 20_000 }
      await devtools.send('Storage.overrideQuotaForOrigin', quota)
      await press('Start')
      await page.getByText('This browser has no room left to save the run').waitFor()
      await status(/Done\./)
      expect(Object.keys(await download())).toContain('mnist-vae-w32-z2/run.json')
      await close()
    })

    test('blocked storage: it says so, and a worker that dies still loses no whole epoch', async () => {
      const { page, press, status, close } = await open(QUICK, blockStorage)
      await page.getByText('This browser blocks storage for this page, so runs are not kept.').waitFor()
      await press('One epoch')
      await page.getByText('This browser stores nothing for this page: training continues').waitFor()
      await status(/Paused\. 1 of 2/)
      const [worker] = page.workers().filter(each => each.url().includes('training.worker'))
      await worker.evaluate(() => {
        setTimeout(() => {
          throw new Error('killed')
        })
      })
      await page.getByText('killed. Training continues').waitFor()
      await status(/Paused\. 1 of 2/)
      await press('Continue')
      await status(/Done\./)
      await press('Export as ONNX')
      await press('Explore it')
      await page.locator('.decoded canvas').waitFor()
      await close()
    })

    test('a loss that is no longer a number: it stops and says what may prevent that', async () => {
      const { page, press, status, close } = await open(
        'n:1000;widths:32;epochs:2;batch:50;rate:1;loss:mse;beta:100',
      )
      await press('Start')
      const stopped = page.getByText('A smaller learning rate, or a warm-up of β, may prevent that.')
      await Promise.race([stopped.waitFor({ timeout: 90_000 }), status(/Done\./)])
      if (await stopped.isVisible()) await status(/Training stopped after \d of 2 epochs/)
      await close()
    })
  })
}

/** Makes IndexedDB refuse to open, on the page and in its workers, as browsers do that block storage. */
async function blockStorage(page: Page): Promise<void> {
  const refuse =
    "Object.defineProperty(self, 'indexedDB', { value: { open() { throw new DOMException('blocked', 'SecurityError') } } });"
  await page.addInitScript(refuse)
  await page.route('**/*training.worker-*.js', async route => {
    const response = await route.fetch()
    await route.fulfill({ response, body: refuse + (await response.text()) })
  })
}
