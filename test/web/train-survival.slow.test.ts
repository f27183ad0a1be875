import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchBrowser } from '../support/browser.ts'
import { type Site, startSite } from './site.ts'
import { openTrainPage, QUICK, type TrainPage } from './train-page.ts'

let site: Site
beforeAll(async () => {
  site = await startSite()
}, 300_000)
afterAll(() => site?.stop())

const until = (opened: TrainPage, text: RegExp) =>
  opened.page.locator('.train-status').filter({ hasText: text }).waitFor({ timeout: 300_000 })

test('a worker that stays silent for a minute is replaced by another that continues', async () => {
  const browser = await launchBrowser()
  try {
    const opened = await openTrainPage(site, browser, 'n:5000;widths:400x400;epochs:30;batch:50')
    const { page, press } = opened
    await press('One epoch')
    await until(opened, /Paused\. 1 of 30/)
    await press('Continue')
    await until(opened, /Epoch 2 of 30/)
    const [worker] = page.workers().filter(each => each.url().includes('training.worker'))
    await worker.evaluate(() => self.close()).catch(() => {})
    await page
      .getByText('no longer answers. Training continues from the last whole epoch.')
      .waitFor({ timeout: 120_000 })
    await until(opened, /Epoch \d+ of 30/)
  } finally {
    await browser.close()
  }
}, 600_000)

test('after a lost graphics device training continues from the last epoch to the weights of an undisturbed run', async () => {
  const recipe = 'n:120;widths:8;epochs:3;batch:20'
  const train = async (lose: boolean) => {
    const browser = await launchBrowser({ webgpu: 'software' })
    try {
      const opened = await openTrainPage(site, browser, recipe, { engine: 'webgpu' })
      const { page, press, weights } = opened
      await press('One epoch')
      await until(opened, /Paused\. 1 of 3/)
      if (lose) {
        const devtools = await browser.newBrowserCDPSession()
        await devtools.send('Browser.crashGpuProcess').catch(() => {})
        await page.getByText('Training continues from the last whole epoch.').waitFor({ timeout: 120_000 })
        await until(opened, /Paused\. 1 of 3/)
      }
      await press('Continue')
      await until(opened, /Done\./)
      return await weights()
    } finally {
      await browser.close()
    }
  }
  expect(await train(true)).toBe(await train(false))
}, 900_000)

test('the same seed gives the same bits twice', async () => {
  const browser = await launchBrowser()
  try {
    const hashes: string[] = []
    for (let time = 0; time < 2; time++) {
      const opened = await openTrainPage(site, browser, QUICK)
      await opened.press('Start')
      await until(opened, /Done\./)
      hashes.push(await opened.weights())
      await opened.close()
    }
    expect(hashes[0]).toBe(hashes[1])
  } finally {
    await browser.close()
  }
}, 300_000)
