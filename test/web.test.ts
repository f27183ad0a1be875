import type { Browser } from 'playwright-core'
import { afterAll, beforeAll } from 'vitest'
import { launchBrowser } from './browser.ts'
import { describeEngines } from './web/engines.ts'
import { describeFigures } from './web/figures.ts'
import { describeHands } from './web/hands.ts'
import { describeLinks } from './web/links.ts'
import { describePaper } from './web/paper.ts'
import { type Site, startSite } from './web/site.ts'
import { describeViews } from './web/views.ts'

let site: Site
let browser: Browser

beforeAll(async () => {
  ;[site, browser] = await Promise.all([startSite(), launchBrowser()])
})
afterAll(async () => {
  await browser?.close()
  await site?.stop()
})

// One server and one browser for all of it.
const PARTS = [describeViews, describeEngines, describeHands, describeLinks, describePaper, describeFigures]
for (const describePart of PARTS) {
  describePart(
    () => site,
    () => browser,
  )
}
