import { readFile } from 'node:fs/promises'
import { unzipSync } from 'fflate'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { openPage, type Site } from './site.ts'

/** A recipe that trains for a second or two. */
export const QUICK = 'n:1000;widths:32;epochs:2;batch:50'

/** The Train view of a page of its own, and what its tests do with it. */
export interface TrainPage {
  page: Page
  faults: string[]
  press(name: string): Promise<void>
  /** Waits until the status line reads like this. */
  status(text: RegExp): Promise<void>
  losses(): Promise<number[]>
  /** Exports the model; the first digits of its weights' hash. */
  weights(): Promise<string>
  /** Exports the model and downloads it: the zip's files by path. */
  download(): Promise<Record<string, Uint8Array>>
  close(): Promise<void>
}

/** Opens the Train view with a recipe; `prepare` may change the page before it is loaded. */
export async function openTrainPage(
  site: Site,
  browser: Browser,
  recipe: string = QUICK,
  options: BrowserContextOptions & { prepare?(page: Page): Promise<void>; engine?: 'webgpu' } = {},
): Promise<TrainPage> {
  const { prepare, engine, ...context } = options
  const { page, faults, close } = await openPage(browser, context)
  await prepare?.(page)
  const chosen = engine ? `&engine=${engine}` : ''
  await page.goto(`${site.url}/?view=train${chosen}&recipe=${encodeURIComponent(recipe)}`)
  const press = (name: string) => page.getByRole('button', { name, exact: true }).click()
  const exportModel = async () => {
    await press('Export as ONNX')
    await page.locator('.train-weights').waitFor({ timeout: 110_000 })
  }
  return {
    page,
    faults,
    press,
    status: text => page.locator('.train-status').filter({ hasText: text }).waitFor({ timeout: 110_000 }),
    async losses() {
      const text = await page.locator('.train-figures').getAttribute('data-losses')
      return text!.split(' ').map(Number)
    },
    async weights() {
      await exportModel()
      return page.locator('.train-weights').innerText()
    },
    async download() {
      await exportModel()
      const [download] = await Promise.all([page.waitForEvent('download'), press('Download zip')])
      return unzipSync(new Uint8Array(await readFile(await download.path())))
    },
    close,
  }
}
