import type { Browser } from 'playwright-core'
import { afterAll, beforeAll } from 'vitest'
import { launchBrowser } from '../support/browser.ts'
import { type Site, startSite } from './site.ts'
import { trainImagesSuite } from './train-images.suite.ts'
import { trainSurvivalSuite } from './train-survival.suite.ts'

let site: Site
let browser: Browser

beforeAll(async () => {
  ;[site, browser] = await Promise.all([startSite(), launchBrowser()])
}, 300_000)
afterAll(async () => {
  await browser?.close()
  await site?.stop()
})

for (const describePart of [trainImagesSuite, trainSurvivalSuite]) {
  describePart(
    () => site,
    () => browser,
  )
}
