import { decode } from 'fast-png'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { reduce } from '../figures/palette.ts'
import { openPaper as openPaperAt, shoot } from '../figures/shoot.ts'
import { violations } from './access.ts'
import { DEEP, startModels } from './models.ts'
import { openPage, type Site } from './site.ts'

const figure = (page: Page, slug: string) => page.locator(`figure[data-figure="${slug}"]`)

async function show(page: Page, slug: string, state = 'ready'): Promise<void> {
  await figure(page, slug).scrollIntoViewIfNeeded()
  await page.locator(`figure[data-figure="${slug}"][data-state="${state}"]`).waitFor()
}

/** The variance of the canvas's red, 0 for a blank one. */
const variance = (canvas: HTMLCanvasElement) => {
  const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height)
  const values = Array.from({ length: data.length / 16 }, (_, i) => data[i * 16] + data[i * 16 + 3])
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length
  return values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length
}

/** An image of a sheet in grey levels: three canvas pixels make one pixel of the image. The page is light. */
function readCell(page: Page, selector: string, cell: number): Promise<number[]> {
  return page.locator(selector).evaluate((element, cell) => {
    const style = getComputedStyle(document.documentElement)
    const red = (name: string) => Number.parseInt(style.getPropertyValue(name).trim().slice(1, 3), 16)
    const [paper, ink] = [red('--tile'), red('--ink')]
    const g = (element as HTMLCanvasElement).getContext('2d')!
    const { data } = g.getImageData((cell % 10) * 84, Math.floor(cell / 10) * 84, 84, 84)
    return Array.from({ length: 784 }, (_, i) => {
      const [y, x] = [Math.floor(i / 28) * 3 + 1, (i % 28) * 3 + 1]
      return ((data[(y * 84 + x) * 4] - paper) / (ink - paper)) * 255
    })
  }, cell)
}

async function floats(url: string): Promise<Float32Array> {
  return new Float32Array(await (await fetch(url)).arrayBuffer())
}

function expectSame(levels: readonly number[], pixels: Float32Array): void {
  const worst = levels.reduce((most, level, i) => Math.max(most, Math.abs(level - pixels[i] * 255)), 0)
  expect(worst).toBeLessThan(2)
}

/** The paper's figures: when they load, what they show, and how they are reached. */
export function figuresSuite(site: () => Site, browser: () => Browser): void {
  describe('the figures', () => {
    const models = startModels()
    let api = ''
    beforeAll(async () => {
      api = await models.begin()
    })
    afterAll(() => models.end())

    async function openPaper(options = {}) {
      const opened = await openPage(browser(), options)
      const asked: string[] = []
      opened.page.on('request', request => asked.push(new URL(request.url()).pathname))
      await opened.page.goto(`${site().url}/?view=paper&api=${encodeURIComponent(api)}`)
      await figure(opened.page, 'deep-vae').waitFor()
      return { ...opened, asked }
    }

    test('figures load nothing before they are near the window, and show the values that the API returns', async () => {
      const { page, asked, faults, close } = await openPaper()
      const heavy = () => asked.filter(path => /latents|onnx|curves|images\//.test(path))
      await page.waitForTimeout(300)
      expect(heavy()).toEqual([])
      const before = await figure(page, 'deep-vae').boundingBox()
      await show(page, 'deep-vae')
      expect((await figure(page, 'deep-vae').boundingBox())?.height).toBe(before?.height)
      expect(heavy()).toContain(`/v1/models/${DEEP}/decoder.onnx`)
      const panels = `figure[data-figure="deep-vae"] [data-panel`
      const [grid, samples] = ['grid', 'samples'].map(kind => `${panels}="${kind}"] canvas`)
      for (const cell of [0, 9, 47, 99]) {
        const z = [-3 + (6 * (cell % 10)) / 9, 3 - (6 * Math.floor(cell / 10)) / 9]
        expectSame(
          await readCell(page, grid, cell),
          await floats(`${api}/v1/models/${DEEP}/decode?z=${z}&format=f32`),
        )
      }
      const draws = await readCell(page, samples, 63)
      const drawn = await floats(`${api}/v1/models/${DEEP}/sample?n=100&seed=7&format=f32`)
      expectSame(draws, drawn.subarray(63 * 784, 64 * 784))
      const { label } = (await (await fetch(`${api}/v1/models/${DEEP}/latents?format=json`)).json()) as {
        label: number[]
      }
      const scatter = await page.locator(`${panels}="latent"] .plane`).getAttribute('aria-label')
      expect(scatter).toContain(`${label.length.toLocaleString('en')} test images`)
      await figure(page, 'deep-vae').getByRole('button', { name: 'Draw again' }).click()
      await expect.poll(() => readCell(page, samples, 63)).not.toEqual(draws)
      expect(faults).toEqual([])
      await close()
    })

    test('all figures are drawn at 390 pixels in the dark, within the width and without a violation', async () => {
      const dark = { viewport: { width: 390, height: 844 }, hasTouch: true, colorScheme: 'dark' }
      const { page, faults, close } = await openPaper(dark)
      const slugs = await page
        .locator('figure[data-figure]:not([data-state="empty"])')
        .evaluateAll(all => all.map(one => (one as HTMLElement).dataset.figure!))
      expect(slugs).toContain('betas')
      for (const slug of slugs) await show(page, slug)
      for (const canvas of await page
        .locator('.sheet-canvas, .figure-canvas, .panel .plane canvas:first-child, .row-canvas')
        .all()) {
        await expect.poll(() => canvas.evaluate(variance as never)).toBeGreaterThan(20)
      }
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
      expect(await violations(page)).toEqual([])
      expect(faults).toEqual([])
      await close()
    })

    test('Print with all figures prints when every figure is drawn', async () => {
      const { page, close } = await openPaper()
      await page.evaluate(() => {
        window.print = () =>
          Object.assign(window, {
            printed: [...document.querySelectorAll<HTMLElement>('.paper-figure')].map(
              each => each.dataset.state,
            ),
          })
      })
      await page.getByRole('button', { name: 'Print with all figures' }).click()
      const printed = await page.waitForFunction(() => (window as unknown as { printed?: string[] }).printed)
      const states = (await printed.jsonValue()) as string[]
      expect(states).toContain('ready')
      expect(states.filter(state => state !== 'ready' && state !== 'empty')).toEqual([])
      await close()
    })

    test('a figure shows the image of the point under the pointer, and a click opens it in Explore', async () => {
      const { page, close } = await openPaper()
      await show(page, 'latent-mnist')
      const plane = figure(page, 'latent-mnist').locator('.plane')
      const box = (await plane.boundingBox())!
      for (let i = 0; i < 40 && !(await page.locator('.tooltip').count()); i++) {
        await page.mouse.move(box.x + box.width * (0.45 + i * 0.005), box.y + box.height * 0.5)
      }
      await expect.poll(() => page.locator('.tooltip canvas').count()).toBe(2)
      // The tooltip follows the pointer from frame to frame.
      await page.locator('.tooltip').evaluate(async tooltip => {
        for (let text = ''; text !== tooltip.textContent; ) {
          text = tooltip.textContent
          for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame)
        }
      })
      const [, x, y] = /\((−?[\d.]+), (−?[\d.]+)\)/.exec(await page.locator('.tooltip').innerText())!
      await page.mouse.down()
      await page.mouse.up()
      await page.locator('.decoded canvas').waitFor()
      const z = new URL(page.url()).searchParams.get('z')!.split(',').map(Number)
      expect(z[0]).toBeCloseTo(Number(x.replace('−', '-')), 1)
      expect(z[1]).toBeCloseTo(Number(y.replace('−', '-')), 1)
      await page.goBack()
      await expect.poll(async () => (await figure(page, 'latent-mnist').boundingBox())?.y).toBeLessThan(100)
      await close()
    })

    test('a figure shows the image of a point at the first tap, and opens it in Explore at the second', async () => {
      const { page, close } = await openPaper({ hasTouch: true })
      await show(page, 'latent-mnist')
      const box = (await figure(page, 'latent-mnist').locator('.plane').boundingBox())!
      const tap = () => page.touchscreen.tap(box.x + box.width / 2, box.y + box.height / 2)
      await tap()
      await page.locator('.tooltip').waitFor()
      await tap()
      await page.locator('.decoded canvas').waitFor()
      await close()
    })

    test('a figure is saved as a picture of at most 256 colours close to the screen, and not without its models', async () => {
      const page = await openPaperAt(browser(), site().url, { theme: 'light', width: 1200 })
      const shot = await shoot(page, 'latent-mnist')
      expect(await shoot(page, 'latent-frey')).toEqual({ reason: 'none of its models is among these' })
      await page.context().close()
      const seen = decode((shot as { png: Uint8Array }).png)
      const picture = decode(reduce((shot as { png: Uint8Array }).png))
      expect([picture.width, picture.height]).toEqual([seen.width, seen.height])
      expect(picture.palette!.length).toBeLessThanOrEqual(256)
      let error = 0
      for (let i = 0; i < picture.data.length; i++) {
        const colour = picture.palette![picture.data[i]]
        for (let c = 0; c < 3; c++) error += Math.abs(colour[c] - seen.data[i * seen.channels + c])
      }
      expect(error / picture.data.length / 3).toBeLessThan(2)
    })

    test('figures report a server that does not answer, and are drawn once it is back', async () => {
      const { page, close } = await openPaper()
      await models.stop()
      const before = await figure(page, 'deep-vae').boundingBox()
      await show(page, 'deep-vae', 'failed')
      const alert = figure(page, 'deep-vae').getByRole('alert')
      expect(await alert.innerText()).toContain('does not answer')
      expect((await figure(page, 'deep-vae').boundingBox())?.height).toBe(before?.height)
      await models.again(api)
      await alert.getByRole('button', { name: 'Try again' }).click()
      await show(page, 'deep-vae')
      expect(await alert.count()).toBe(0)
      await close()
    })
  })
}
