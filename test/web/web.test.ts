import type { Browser } from 'playwright-core'
import { afterAll, beforeAll } from 'vitest'
import { launchBrowser } from '../support/browser.ts'
import { describeEngines } from './engines.suite.ts'
import { describeFigures } from './figures.suite.ts'
import { describeHands } from './gestures.suite.ts'
import { describeLinks } from './links.suite.ts'
import { describePaper } from './paper.suite.ts'
import { type Site, startSite } from './site.ts'
import { describeViews } from './views.suite.ts'

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
