import type { Browser } from 'playwright-core'
import { afterAll, beforeAll } from 'vitest'
import { launchBrowser } from '../support/browser.ts'
import { describeConditional } from './conditional.suite.ts'
import { describeConvert } from './convert.suite.ts'
import { describeEngines } from './engines.suite.ts'
import { describeFigures } from './figures.suite.ts'
import { describeGestures } from './gestures.suite.ts'
import { describeInspection } from './inspect.suite.ts'
import { describeLinks } from './links.suite.ts'
import { describePaper } from './paper.suite.ts'
import { describePictures } from './pictures.suite.ts'
import { describeRecovery } from './recovery.suite.ts'
import { type Site, startSite } from './site.ts'
import { describeTeaching } from './teaching.suite.ts'
import { describeTrain } from './train.suite.ts'
import { describeTrainFiles } from './train-images.suite.ts'
import { describeTrainModels } from './train-models.suite.ts'
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
const PARTS = [
  describeViews,
  describeEngines,
  describeGestures,
  describeLinks,
  describePaper,
  describeFigures,
  describeRecovery,
  describeTrain,
  describeTrainFiles,
  describeTrainModels,
  describeConditional,
  describeInspection,
  describeTeaching,
  describePictures,
  describeConvert,
]
for (const describePart of PARTS) {
  describePart(
    () => site,
    () => browser,
  )
}
