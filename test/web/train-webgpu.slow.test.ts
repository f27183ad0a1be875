import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchBrowser } from '../support/browser.ts'
import { openPage, type Site, startSite } from './site.ts'

let site: Site

beforeAll(async () => {
  site = await startSite()
})
afterAll(() => site?.stop())

/** The losses of all steps of a small recipe, trained in the page. */
async function train(engine: 'wasm' | 'webgpu'): Promise<number[]> {
  const browser = await launchBrowser({ webgpu: engine === 'webgpu' ? 'software' : undefined })
  try {
    const { page, faults } = await openPage(browser)
    const recipe = encodeURIComponent('n:120;widths:8;epochs:1;batch:20')
    await page.goto(`${site.url}/?view=train&engine=${engine}&recipe=${recipe}`)
    await page.getByRole('button', { name: 'Start', exact: true }).click()
    await page
      .locator('.train-status')
      .filter({ hasText: /Done\./ })
      .waitFor({ timeout: 300_000 })
    expect(faults).toEqual([])
    return (await page.locator('.train-figures').getAttribute('data-losses'))!.split(' ').map(Number)
  } finally {
    await browser.close()
  }
}

test('training on WebGPU takes the steps of training on WebAssembly: the same losses within 1e-4', async () => {
  const [wasm, webgpu] = [await train('wasm'), await train('webgpu')]
  expect(webgpu).toHaveLength(6)
  webgpu.forEach((loss, i) => {
    expect(Math.abs(loss / wasm[i] - 1), `step ${i}: ${loss}, WebAssembly ${wasm[i]}`).toBeLessThan(1e-4)
  })
}, 600_000)
