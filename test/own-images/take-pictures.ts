import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { Page } from 'playwright-core'
import { launchBrowser } from '../support/browser.ts'
import { open, settle } from '../web/opening.ts'
import { openPage } from '../web/site.ts'

/** A model to look at. */
export interface Shown {
  id: string
  /** A picture to upload into Reconstruct. */
  upload: string
  /** Two endpoints of the API. */
  ends: readonly [string, string]
  conditional?: boolean
}

/** Widths of windows with their colour schemes. */
const WINDOWS = [
  { width: 390, height: 844, colorScheme: 'light' },
  { width: 1440, height: 900, colorScheme: 'dark' },
] as const

/**
 * Takes pictures of the page's views, the widget and the API's answers for models that a server has.
 *
 * @param out folder of the pictures: `<id>-<view>-<width>.png`, `<id>-widget-<width>.png`, `<id>-api-<operation>.png`
 * @returns faults that the pages reported, a line each
 */
export async function takePictures(server: string, models: readonly Shown[], out: string): Promise<string[]> {
  await mkdir(out, { recursive: true })
  const faults: string[] = []
  const browser = await launchBrowser()
  try {
    for (const window of WINDOWS) {
      const { width, height, colorScheme } = window
      const opened = await openPage(browser, { viewport: { width, height }, colorScheme })
      for (const model of models) {
        for (const [view, query, ready] of viewsOf(model)) {
          try {
            await open(opened.page, server, query, ready)
            if (view === 'reconstruct') await upload(opened.page, model.upload)
          } catch (error) {
            // The picture shows the state at that moment.
            faults.push(`${model.id} ${view} ${width}: ${(error as Error).message.split('\n')[0]}`)
          }
          const wide = await opened.page.evaluate(() => document.documentElement.scrollWidth)
          if (wide > width) faults.push(`${model.id} ${view} ${width}: ${wide} pixels wide`)
          const messages = await opened.page.locator('.message').allTextContents()
          const told = messages.filter(text => !text.includes('WebAssembly takes over'))
          faults.push(...told.map(text => `${model.id} ${view} ${width}: ${text.trim()}`))
          await opened.page.screenshot({
            path: join(out, `${model.id}-${view}-${width}.png`),
            fullPage: true,
          })
        }
        await showWidget(opened.page, server, model, join(out, `${model.id}-widget-${width}.png`))
      }
      faults.push(...opened.faults)
      await opened.close()
    }
  } finally {
    await browser.close()
  }
  for (const model of models) faults.push(...(await askApi(server, model, out)))
  return faults
}

function viewsOf({ id, conditional }: Shown): [view: string, query: string, ready: string][] {
  return [
    ['explore', `?model=${id}`, '.decoded canvas'],
    ['sample', `?view=sample&model=${id}&n=16`, '.sheet canvas'],
    ['interpolate', `?view=interpolate&model=${id}&t=0.5`, 'canvas.strip'],
    ['reconstruct', `?view=reconstruct&model=${id}&among=${id}`, '.reader canvas'],
    ...(conditional
      ? ([['styles', `?view=styles&model=${id}`, '.hand-row canvas']] as [string, string, string][])
      : []),
  ]
}

async function upload(page: Page, file: string): Promise<void> {
  // Its bytes, not its path: Chromium opens no path beyond ASCII in a system without a UTF-8 locale.
  const buffer = await readFile(file)
  const mimeType = /\.jpe?g$/i.test(file) ? 'image/jpeg' : 'image/png'
  await page
    .locator('input[type=file]')
    .first()
    .setInputFiles({ name: basename(file), mimeType, buffer })
  await page.waitForFunction(() => /x=(ink|grey)/.test(location.search))
  await settle(page)
}

async function showWidget(page: Page, server: string, { id, ends }: Shown, path: string): Promise<void> {
  const [from, to] = ends.map(encodeURIComponent)
  await page.goto(`${server}/embed?model=${id}&from=${from}&to=${to}&controls=1&scale=6`)
  await page.waitForFunction(() =>
    document.querySelector('latent-interpolation')?.shadowRoot?.querySelector('canvas'),
  )
  await page.waitForTimeout(800)
  await page.locator('latent-interpolation').evaluate(element => {
    ;(element as HTMLElement & { seek(t: number): void }).seek(0.5)
  })
  await page.waitForTimeout(500)
  await page.screenshot({ path })
}

/** The API's pictures. */
async function askApi(server: string, { id, ends }: Shown, out: string): Promise<string[]> {
  const [from, to] = ends.map(encodeURIComponent)
  const faults: string[] = []
  for (const [name, query] of [
    ['sample', 'sample?n=16&seed=7&scale=3'],
    ['interpolate', `interpolate?from=${from}&to=${to}&steps=8&scale=3`],
    ['grid', 'grid?size=6&scale=2'],
  ] as const) {
    const response = await fetch(`${server}/v1/models/${id}/${query}`)
    if (response.ok)
      await writeFile(join(out, `${id}-api-${name}.png`), Buffer.from(await response.arrayBuffer()))
    else faults.push(`${id}/${query}: ${response.status} ${await response.text()}`)
  }
  return faults
}
