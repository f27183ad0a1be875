import type { Browser, Page } from 'playwright-core'

/** The appearance of the pictures. */
export interface Look {
  theme: 'light' | 'dark'
  /** Of the window, in CSS pixels. */
  width: number
}

/** The outcome for a figure: its picture, or the reason why there is none. */
export type Shot = { png: Uint8Array } | { reason: string }

/** Style for pictures: without controls, which a picture cannot offer, and with a margin. */
const STYLE = `
  .paper-figure { margin: 0 !important; padding: 24px 28px !important; border: 0 !important; background: var(--paper); }
  .paper { display: block !important; }
  .contents { display: none !important; }
  .figure-head > a, .draw button { display: none !important; }
  .panel-title a, .figure-numbers { text-decoration: none !important; }
`

/** Milliseconds that a figure may take to fetch and decode its models. */
const PATIENCE = 120_000

/** Opens the Paper page, once for any number of figures. Close the page's context when done. */
export async function openPaper(browser: Browser, url: string, look: Look): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: look.width, height: 1000 },
    colorScheme: look.theme,
    reducedMotion: 'reduce',
    deviceScaleFactor: 1,
  })
  const page = await context.newPage()
  await page.goto(`${url}/?view=paper`)
  await page.locator('figure[data-figure]').first().waitFor()
  await page.addStyleTag({ content: STYLE })
  return page
}

/** Brings a figure into view, waits until all of it is drawn, and takes its picture, caption included. */
export async function shoot(page: Page, slug: string): Promise<Shot> {
  const figure = page.locator(`figure[data-figure="${slug}"]`)
  const state = () => figure.getAttribute('data-state')
  if ((await state()) === 'empty') return { reason: 'none of its models is among these' }
  await figure.scrollIntoViewIfNeeded()
  const until = Date.now() + PATIENCE
  for (let now = await state(); now !== 'ready'; now = await state()) {
    if (now === 'failed') return { reason: (await figure.locator('[role="alert"] p').innerText()).trim() }
    if (Date.now() > until) return { reason: `it was still ${now} after ${PATIENCE / 1000} seconds` }
    await page.waitForTimeout(50)
  }
  // The last canvas gets its size with the next frame and is drawn with the one after it.
  await page.waitForTimeout(300)
  return { png: await figure.screenshot() }
}
