import type { Browser } from 'playwright-core'
import { expect } from 'vitest'

/** The Open Graph tags and the oEmbed links in a page's head. */
export async function headOf(browser: Browser, url: string) {
  const response = await fetch(url)
  expect(response.status).toBe(200)
  const page = await browser.newPage({ javaScriptEnabled: false })
  await page.setContent(await response.text())
  const metas = await page
    .locator('meta[property]')
    .evaluateAll(all => all.map(e => [e.getAttribute('property'), e.getAttribute('content')] as const))
  const links = await page
    .locator('link[rel=alternate]')
    .evaluateAll(all => all.map(e => [e.getAttribute('type'), e.getAttribute('href')] as const))
  await page.close()
  return {
    og: Object.fromEntries(metas) as Record<string, string>,
    links: Object.fromEntries(links) as Record<string, string>,
  }
}
