import type { Page } from 'playwright-core'
import { PLAIN, TRAINED, WIDE } from './site.ts'

/** For each view a query, and a selector of what is shown when it has loaded. */
export const VIEWS: Record<string, { query: string; ready: string }> = {
  explore: { query: `?model=${TRAINED}&z=0.5,-1`, ready: '.decoded canvas' },
  wide: { query: `?model=${WIDE}&axes=principal&grid=1`, ready: '.decoded canvas' },
  sample: { query: `?view=sample&model=${TRAINED}&n=4&seed=7`, ready: '.sheet canvas' },
  styles: { query: `?view=styles&model=${TRAINED}&seed=7`, ready: '.hand-row canvas' },
  interpolate: { query: `?view=interpolate&model=${TRAINED}&t=0.5`, ready: 'canvas.strip' },
  reconstruct: { query: `?view=reconstruct&model=${TRAINED}&x=test:18`, ready: '.reader canvas' },
  compare: { query: `?view=compare&model=${TRAINED}&other=${PLAIN}&by=image`, ready: '.side-images canvas' },
  train: { query: '?view=train', ready: '.train-intro' },
  paper: { query: `?view=paper&model=${TRAINED}`, ready: '.chart canvas' },
}
/** The names of the views. */
export const NAMES = Object.keys(VIEWS)

/** Opens a view and waits until everything on it has been fetched and drawn. */
export async function open(page: Page, base: string, query: string, ready: string): Promise<void> {
  await page.goto(base + '/' + query)
  await page.locator(ready).first().waitFor()
  await settle(page)
}

/** Waits until nothing is on its way and what came has been drawn. */
export async function settle(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const images = [...document.images].every(image => image.complete)
    return (
      images && !document.querySelector('.progress, .skeleton, [aria-busy="true"], .picker [role="status"]')
    )
  })
  await page.evaluate(() => new Promise(resolve => setTimeout(resolve, 250)))
}
