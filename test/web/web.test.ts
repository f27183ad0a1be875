import type { Browser } from 'playwright-core'
import { afterAll, beforeAll } from 'vitest'
import { launchBrowser } from '../support/browser.ts'
import { conditionalSuite } from './conditional.suite.ts'
import { convertSuite } from './convert.suite.ts'
import { enginesSuite } from './engines.suite.ts'
import { figuresSuite } from './figures.suite.ts'
import { gesturesSuite } from './gestures.suite.ts'
import { inspectionSuite } from './inspect.suite.ts'
import { linksSuite } from './links.suite.ts'
import { paperSuite } from './paper.suite.ts'
import { picturesSuite } from './pictures.suite.ts'
import { recoverySuite } from './recovery.suite.ts'
import { type Site, startSite } from './site.ts'
import { teachingSuite } from './teaching.suite.ts'
import { trainSuite } from './train.suite.ts'
import { trainFilesSuite } from './train-images.suite.ts'
import { trainModelsSuite } from './train-models.suite.ts'
import { viewsSuite } from './views.suite.ts'

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
const PARTS = [
  viewsSuite,
  enginesSuite,
  gesturesSuite,
  linksSuite,
  paperSuite,
  figuresSuite,
  recoverySuite,
  trainSuite,
  trainFilesSuite,
  trainModelsSuite,
  conditionalSuite,
  inspectionSuite,
  teachingSuite,
  picturesSuite,
  convertSuite,
]
for (const describePart of PARTS) {
  describePart(
    () => site,
    () => browser,
  )
}
