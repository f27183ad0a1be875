import type { Browser, Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { printImage } from '../../models/images/image-code.ts'
import { open, settle } from './opening.ts'
import { CONDITIONAL, levelsApart, openPage, readCanvas, type Site, TRAINED } from './site.ts'

/** Models that decode a latent with a class, and texts written in one style. */
export function conditionalSuite(site: () => Site, browser: () => Browser): void {
  const floats = async (path: string) => {
    const response = await fetch(`${site().url}/v1/models/${path}`)
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`)
    return new Float32Array(await response.arrayBuffer())
  }
  async function expectImage(page: Page, selector: string, pixels: Float32Array): Promise<void> {
    await expect
      .poll(async () => levelsApart(await readCanvas(page, selector), pixels), { timeout: 20_000 })
      .toBeLessThan(1.5)
  }

  describe('conditional models', () => {
    test.each([
      ['explore', '', '.decoded canvas'],
      ['sample', 'view=sample&n=4&', '.sheet canvas'],
      ['styles', 'view=styles&', '.hand-row canvas'],
      ['interpolate', 'view=interpolate&', 'canvas.strip'],
      ['reconstruct', 'view=reconstruct&', '.reader canvas'],
      ['compare', `view=compare&other=${TRAINED}&`, '.side-images canvas'],
    ])('the view %s opens with a conditional model', async (_, query, ready) => {
      const { page, faults, close } = await openPage(browser())
      await open(page, site().url, `?${query}engine=plain&model=${CONDITIONAL}`, ready)
      expect(await page.locator('.message').allTextContents()).toEqual([])
      expect(faults).toEqual([])
      await close()
    })

    test.each(['plain', 'wasm', 'edge'])(
      'the engine %s decodes a point with its class as the API does',
      async engine => {
        const { page, close } = await openPage(browser())
        const query = `?model=${CONDITIONAL}&z=0.5,-1,0,0.25&y=3&engine=${engine}`
        await open(page, site().url, query, '.decoded canvas')
        const engineInUse = () => page.locator('.engine-time').getAttribute('data-engine')
        await expect.poll(engineInUse, { timeout: 30_000 }).toBe(engine)
        const path = `${CONDITIONAL}/decode?z=0.5,-1,0,0.25&class=3&format=f32`
        await expectImage(page, '.decoded canvas', await floats(path))
        expect(await page.locator('.message').allTextContents()).toEqual([])
        await close()
      },
    )

    test('samples of a class and of every class are those of the API for the same seed', async () => {
      const { page, close } = await openPage(browser())
      for (const [from, query] of [
        ['any', ''],
        ['4', '&class=4'],
        ['prior', '&from=prior'],
      ]) {
        const address = `?view=sample&model=${CONDITIONAL}&n=1&seed=11&from=${from}`
        await open(page, site().url, address, '.sheet canvas')
        const pixels = await floats(`${CONDITIONAL}/sample?n=1&seed=11${query}&format=f32`)
        await expectImage(page, '.sheet .tile canvas', pixels)
      }
      await close()
    })

    test.each([CONDITIONAL, TRAINED])(
      'a typed text of %s is that of the API, in the chosen style',
      async id => {
        const { page, close } = await openPage(browser())
        await open(page, site().url, `?view=styles&model=${id}&seed=5`, '.hand-row canvas')
        await page.locator('.hand-row').nth(2).click()
        await page.getByRole('textbox', { name: 'Text' }).fill('40 2')
        await page.waitForURL(/hand=2/)
        await settle(page)
        await expectImage(page, 'canvas.written', await floats(`${id}/write?text=40%202&seed=7&format=f32`))
        const png = page.getByRole('link', { name: 'Download PNG' })
        expect((await fetch((await png.getAttribute('href'))!)).headers.get('content-type')).toBe('image/png')
        await page.getByRole('textbox', { name: 'Text' }).fill('4a')
        await page.getByText('Expected the characters 0 1 2 3 4 5 6 7 8 9').waitFor()
        expect(await page.locator('canvas.written').count()).toBe(0)
        await close()
      },
    )

    test('a text in the hand of an own image is that of the API for the same image', async () => {
      const { page, faults, close } = await openPage(browser())
      // A slanted stroke, in the 16 levels that an address holds.
      const levels = Array.from({ length: 784 }, (_, i) =>
        Math.max(0, 15 - 4 * Math.abs((i % 28) - 20 + Math.floor(i / 56))),
      )
      const x = printImage(
        levels.map(level => level / 15),
        'drawing',
      )
      await open(
        page,
        site().url,
        `?view=styles&model=${CONDITIONAL}&text=71&hand=6&x=${x}`,
        'canvas.written',
      )
      await page.getByRole('button', { name: 'Your handwriting', pressed: true }).waitFor()
      const posted = await fetch(`${site().url}/v1/models/${CONDITIONAL}/write?text=71&format=f32`, {
        method: 'POST',
        headers: { 'content-type': 'application/octet-stream' },
        body: Uint8Array.from(levels, level => 17 * level),
      })
      expect(posted.status).toBe(200)
      const line = new Float32Array(await posted.arrayBuffer())
      await expectImage(page, 'canvas.written', line)
      const address = (await page.locator('.address a').getAttribute('href'))!
      expect(address).toContain('style=eps:')
      const linked = new Float32Array(await (await fetch(`${address}&format=f32`)).arrayBuffer())
      expect(Math.max(...linked.map((value, i) => Math.abs(value - line[i])))).toBeLessThan(4e-3)
      await page.getByRole('button', { name: 'Remove' }).click()
      await page.waitForFunction(() => document.querySelectorAll('.hand-row').length === 6)
      expect(faults).toEqual([])
      await close()
    })
  })
}
