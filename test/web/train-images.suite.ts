import { encode } from 'fast-png'
import type { Browser, Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import type { Site } from './site.ts'
import { openTrainPage } from './train-page.ts'

/** A file as Playwright gives it to a page. */
interface Given {
  name: string
  mimeType: string
  buffer: Buffer
}

function png(name: string, width: number, height: number, seed = 0): Given {
  const data = Uint8Array.from({ length: width * height }, (_, i) => (i * 7 + seed * 31) % 256)
  const buffer = Buffer.from(encode({ width, height, data, channels: 1, depth: 8 }))
  return { name, mimeType: 'image/png', buffer }
}

const small = (count: number) => Array.from({ length: count }, (_, i) => png(`${i}.png`, 40, 30, i))
const input = (page: Page) => page.locator('input[type=file][accept="image/*"]')

/** Files of the visitor's own that are too few, damaged, or no images. */
export function trainFilesSuite(site: () => Site, browser: () => Browser): void {
  describe('the Train view on own files', () => {
    test('three images are too few, and the page says how many it needs', async () => {
      const { page, close } = await openTrainPage(site(), browser(), 'data:own')
      await input(page).setInputFiles(small(3))
      await page.getByText('At least 10 images are needed').waitFor()
      await close()
    })

    test('damaged files and other files are left out by name, and the others are trained on', async () => {
      const { page, press, status, faults, close } = await openTrainPage(
        site(),
        browser(),
        'data:own;widths:16;epochs:1;batch:5',
      )
      const files = small(12)
      files[5].buffer = files[5].buffer.subarray(0, 40)
      files.push({ name: 'notes.txt', mimeType: 'text/plain', buffer: Buffer.from('no image') })
      await input(page).setInputFiles(files)
      await page.getByText('11 images, no classes. 9 to train on, 2 held out.').waitFor()
      await page.getByText('2 files were left out').click()
      await page.getByText('5.png: it is damaged, or a kind of image that this browser cannot read').waitFor()
      await page.getByText('notes.txt: it is not an image').waitFor()
      await press('Start')
      await status(/Done\. 1 of 1/)
      expect(faults).toEqual([])
      await close()
    })
  })
}

/** Images that are large, and digits drawn on the spot. */
export function trainImagesSuite(site: () => Site, browser: () => Browser): void {
  describe('the Train view on own images', () => {
    test('an image of 5,000 × 5,000 pixels is read, cut to its middle, beside small ones', async () => {
      const { page, close } = await openTrainPage(site(), browser(), 'data:own;widths:16;epochs:1;batch:5')
      await input(page).setInputFiles([...small(10), png('large.png', 5000, 5000)])
      await page.getByText('11 images, no classes.').waitFor({ timeout: 90_000 })
      await close()
    })

    test('digits drawn on the spot are kept over a reload and trained on', async () => {
      const { page, press, status, faults, close } = await openTrainPage(
        site(),
        browser(),
        'data:drawn;widths:8;epochs:2;batch:5',
      )
      const draw = async (k: number) => {
        const pad = page.locator('.drawn .pad')
        await pad.scrollIntoViewIfNeeded()
        const box = (await pad.boundingBox())!
        await page.mouse.move(box.x + box.width * 0.3, box.y + box.height * 0.2)
        await page.mouse.down()
        await page.mouse.move(box.x + box.width * (0.5 + k / 30), box.y + box.height * 0.5, { steps: 4 })
        await page.mouse.move(box.x + box.width * 0.4, box.y + box.height * 0.8, { steps: 4 })
        await page.mouse.up()
      }
      for (let k = 0; k < 10; k++) {
        const label = String(k % 2)
        await page.locator('.drawn').getByLabel(label, { exact: true }).check()
        await draw(k)
        await press(`Add this ${label}`)
      }
      await page.getByText('10 drawings, kept in this browser.').waitFor()
      await page.reload()
      await page.getByText('10 drawings, kept in this browser.').waitFor()
      expect(await page.locator('.drawings canvas').count()).toBe(10)
      await press('Start')
      await status(/Done\. 2 of 2/)
      expect(await page.locator('.train-plane .legend li').allInnerTexts()).toEqual(['0', '1'])
      await press('Delete all drawings')
      await page.getByText('0 drawings').waitFor()
      expect(faults).toEqual([])
      await close()
    })
  })
}
