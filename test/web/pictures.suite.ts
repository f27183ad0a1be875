import { encode } from 'fast-png'
import type { Browser, Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { encodePhotograph, PHOTOGRAPHS } from '../support/photographs.ts'
import { open, settle } from './opening.ts'
import { openPage, readCanvas, type Site, TRAINED } from './site.ts'

const QUERY = `?view=reconstruct&model=${TRAINED}&among=${TRAINED}`

/** A photograph of a 3 on ruled paper. */
const photograph = () => encodePhotograph(PHOTOGRAPHS[3])

/** A vertical bar of one colour on a transparent ground. */
function barOnNothing(level: number): Buffer {
  const data = new Uint8Array(60 * 60 * 4)
  for (let y = 10; y < 50; y++) {
    for (let x = 26; x < 34; x++) data.set([level, level, level, 255], (y * 60 + x) * 4)
  }
  return Buffer.from(encode({ width: 60, height: 60, data, channels: 4 }))
}

const SVG = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><path d="M5 1v8" stroke="#000" stroke-width="1"/></svg>`

async function upload(page: Page, name: string, mimeType: string, buffer: Buffer): Promise<number[]> {
  await page.locator('.file:not(.camera) input[type=file]').setInputFiles({ name, mimeType, buffer })
  await page.waitForURL(/x=ink:/)
  await settle(page)
  return readCanvas(page, '.original canvas')
}

/** Dispatches the event of a dropped or pasted picture. */
function hand(page: Page, how: 'drop' | 'paste', png: Buffer): Promise<void> {
  return page.evaluate(
    ([how, bytes]) => {
      const data = new DataTransfer()
      data.items.add(new File([Uint8Array.from(bytes)], 'picture.png', { type: 'image/png' }))
      const options = { bubbles: true, cancelable: true }
      const event =
        how === 'drop'
          ? new DragEvent('drop', { ...options, dataTransfer: data })
          : new ClipboardEvent('paste', { ...options, clipboardData: data })
      document.body.dispatchEvent(event)
      // Without preventDefault, the browser opens the file in place of the page.
      if (!event.defaultPrevented) throw new Error(`the ${how} was left to the browser`)
    },
    [how, [...png]] as const,
  )
}

const columnsOf = (levels: readonly number[]) =>
  new Set(levels.flatMap((level, i) => (level > 60 ? [i % 28] : [])))

/** Pictures of the visitor's own. */
export function picturesSuite(site: () => Site, browser: () => Browser): void {
  describe('pictures of one’s own', () => {
    test('a photograph is read in steps, each of which can be switched off', async () => {
      const { page, faults, close } = await openPage(browser())
      await open(page, site().url, QUERY, '.reader canvas')
      const read = await upload(page, 'three.png', 'image/png', photograph())
      const steps = page.locator('.reading-steps li')
      expect(await steps.count()).toBe(6)
      // Paper is gone: the image's rim is black.
      expect(Math.max(...read.slice(0, 28))).toBeLessThan(1)
      for (const name of ['Remove the paper', 'Separate ink from paper', 'Remove lines and specks']) {
        await page.getByRole('checkbox', { name }).uncheck()
      }
      await settle(page)
      const raw = await readCanvas(page, '.original canvas')
      expect(raw).not.toEqual(read)
      await page.getByRole('checkbox', { name: 'Scale and centre' }).uncheck()
      await expect.poll(() => readCanvas(page, '.original canvas')).not.toEqual(raw)
      expect(faults).toEqual([])
      await close()
    })

    test.each([
      ['white on nothing', 'bar.png', 'image/png', barOnNothing(255)],
      ['black on nothing', 'bar.png', 'image/png', barOnNothing(0)],
      ['an SVG without a size', 'bar.svg', 'image/svg+xml', Buffer.from(SVG)],
    ])('%s is read as ink on black', async (_, name, type, buffer) => {
      const { page, close } = await openPage(browser())
      await open(page, site().url, QUERY, '.reader canvas')
      const columns = columnsOf(await upload(page, name, type, buffer))
      expect(columns.size).toBeGreaterThan(0)
      for (const column of columns) expect(Math.abs(column - 14)).toBeLessThanOrEqual(4)
      await close()
    })

    test.each(['drop', 'paste'] as const)(
      'a %s anywhere in Reconstruct is read like an upload',
      async how => {
        const { page, close } = await openPage(browser())
        await open(page, site().url, QUERY, '.reader canvas')
        const uploaded = await upload(page, 'three.png', 'image/png', photograph())
        await open(page, site().url, QUERY, '.reader canvas')
        await hand(page, how, photograph())
        await page.waitForURL(/x=ink:/)
        await settle(page)
        expect(await readCanvas(page, '.original canvas')).toEqual(uploaded)
        await close()
      },
    )

    test('a file that is not a picture is reported and changes nothing', async () => {
      const { page, close } = await openPage(browser())
      await open(page, site().url, QUERY, '.reader canvas')
      const before = await readCanvas(page, '.original canvas')
      await page.locator('.file:not(.camera) input[type=file]').setInputFiles({
        name: 'notes.png',
        mimeType: 'image/png',
        buffer: Buffer.from('not a picture'),
      })
      await page.getByText('notes.png is not a picture that this browser can read.').waitFor()
      expect(await readCanvas(page, '.original canvas')).toEqual(before)
      await close()
    })
  })
}
