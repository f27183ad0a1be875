import { decodeApng } from 'fast-png'
import type { Browser } from 'playwright-core'
import sharp from 'sharp'
import { describe, expect, test } from 'vitest'
import { countStops, violations, walk } from './access.ts'
import { NAMES, open, settle, VIEWS } from './opening.ts'
import { levelsApart, openPage, readCanvas, type Site, TRAINED } from './site.ts'

/** What each view shows, compared with the API's answers, and its accessibility. */
export function viewsSuite(site: () => Site, browser: () => Browser): void {
  describe('the views', () => {
    test.each(NAMES)(
      'the view %s opens at 320 pixels in the dark without a fault, sideways scrolling or a violation',
      async name => {
        const options = {
          viewport: { width: 320, height: 844 },
          hasTouch: true,
          colorScheme: 'dark' as const,
        }
        const { page, faults, close } = await openPage(browser(), options)
        // On a slow machine the automatic choice of an engine would change and say so.
        await open(page, site().url, `${VIEWS[name].query}&engine=plain`, VIEWS[name].ready)
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320)
        expect(await page.locator('.message').allTextContents()).toEqual([])
        expect(await violations(page)).toEqual([])
        expect(faults).toEqual([])
        await close()
      },
    )

    test.each(NAMES)(
      'the view %s on a wide light screen has no violation, and each control is reached by keyboard with a visible focus',
      async name => {
        const { page, close } = await openPage(browser())
        await open(page, site().url, VIEWS[name].query, VIEWS[name].ready)
        const controls = await countStops(page)
        const { reached, unseen } = await walk(page, controls + 5)
        expect(unseen).toEqual([])
        expect(reached).toBe(controls)
        expect(await violations(page)).toEqual([])
        // A reader who doubles the text need not scroll sideways.
        await page.addStyleTag({ content: 'html { font-size: 187.5% !important }' })
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(1200)
        await close()
      },
    )

    test.each(['explore', 'interpolate', 'paper'])(
      'the view %s draws everything again when the system turns dark, as if it had been opened in the dark',
      async name => {
        const readCanvases = () =>
          [...document.querySelectorAll('canvas')].map(canvas => canvas.toDataURL()).join()
        const query = `${VIEWS[name].query}&engine=plain`
        const dark = await openPage(browser(), { colorScheme: 'dark' })
        await open(dark.page, site().url, query, VIEWS[name].ready)
        const expected = await dark.page.evaluate(readCanvases)
        await dark.close()
        const { page, close } = await openPage(browser())
        await open(page, site().url, query, VIEWS[name].ready)
        expect(await page.evaluate(readCanvases)).not.toBe(expected)
        await page.emulateMedia({ colorScheme: 'dark' })
        await page.waitForFunction(
          same => [...document.querySelectorAll('canvas')].map(canvas => canvas.toDataURL()).join() === same,
          expected,
        )
        await close()
      },
    )

    test('the view explore draws everything again when another style sheet doubles the text, as if it had been opened so', async () => {
      const readCanvases = () =>
        [...document.querySelectorAll('canvas')].map(canvas => canvas.toDataURL()).join()
      const query = `${VIEWS.explore.query}&engine=plain`
      const double = () => {
        const sheet = new CSSStyleSheet()
        sheet.replaceSync('html { font-size: 187.5% !important }')
        document.adoptedStyleSheets.push(sheet)
      }
      const doubled = await openPage(browser())
      await doubled.page.addInitScript(double)
      await open(doubled.page, site().url, query, VIEWS.explore.ready)
      const expected = await doubled.page.evaluate(readCanvases)
      await doubled.close()
      const { page, close } = await openPage(browser())
      await open(page, site().url, query, VIEWS.explore.ready)
      expect(await page.evaluate(readCanvases)).not.toBe(expected)
      await page.evaluate(double)
      await page.waitForFunction(
        same => [...document.querySelectorAll('canvas')].map(canvas => canvas.toDataURL()).join() === same,
        expected,
      )
      await close()
    })

    test('the view paper opens in a browser with an invalid language tag', async () => {
      const { page, close } = await openPage(browser())
      await page.addInitScript(() => {
        Object.defineProperty(navigator, 'language', { value: 'en-US@posix', configurable: true })
      })
      await open(page, site().url, VIEWS.paper.query, VIEWS.paper.ready)
      await close()
    })

    test('the view sample shows the images that the API gives for the same seed', async () => {
      const { page, close } = await openPage(browser())
      await open(page, site().url, VIEWS.sample.query, VIEWS.sample.ready)
      const response = await fetch(`${site().url}/v1/models/${TRAINED}/sample?n=4&seed=7&format=f32`)
      const pixels = new Float32Array(await response.arrayBuffer())
      for (let i = 0; i < 4; i++) {
        const levels = await readCanvas(page, `.sheet .tile:nth-child(${i + 1}) canvas`)
        expect(levelsApart(levels, pixels.subarray(i * 784, (i + 1) * 784))).toBeLessThan(1.5)
      }
      const image = page.locator('.api-sheet')
      expect(await image.evaluate(element => (element as HTMLImageElement).naturalWidth)).toBe(2 * 2 * 28)
      await close()
    })

    test('the view reconstruct shows the losses and KL that the API gives for the same image', async () => {
      const { page, close } = await openPage(browser())
      await open(
        page,
        site().url,
        `?view=reconstruct&model=${TRAINED}&among=${TRAINED}&x=test:18`,
        '.figures',
      )
      await page.getByRole('button', { name: 'Encode it in this browser' }).click()
      await page.locator('.figures').getByText('KL', { exact: true }).waitFor()
      const levels = await readCanvas(page, '.original canvas')
      const images = [levels.map(level => Math.round(level) / 255)]
      const response = await fetch(`${site().url}/v1/models/${TRAINED}/reconstruct?format=json`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ images }),
      })
      const answer = JSON.stringify(await response.json())
      const shown = await page.locator('.figures').first().innerText()
      for (const name of ['bce', 'kl']) {
        const expected = Number(new RegExp(`"${name}":\\[?([\\d.]+)`).exec(answer)?.[1])
        const got = Number(new RegExp(`\\b${name.toUpperCase()}\\s+([\\d.]+)`).exec(shown)?.[1])
        expect(Math.abs(got - expected)).toBeLessThan(0.01 * expected)
      }
      await close()
    })

    test('the view reconstruct takes a drawing, centres it, and keeps it in the address', async () => {
      const { page, close } = await openPage(browser())
      await open(page, site().url, `?view=reconstruct&model=${TRAINED}&among=${TRAINED}`, '.reader canvas')
      const box = (await page.locator('.pad').boundingBox())!
      await page.mouse.move(box.x + 20, box.y + 20)
      await page.mouse.down()
      await page.mouse.move(box.x + 30, box.y + box.height / 2, { steps: 8 })
      await page.mouse.up()
      await page.waitForURL(/x=ink:/)
      await settle(page)
      const levels = await readCanvas(page, '.original canvas')
      const mass = levels.reduce((sum, v) => sum + v, 0)
      const centre = (axis: 0 | 1) =>
        levels.reduce((sum, v, i) => sum + v * (axis === 0 ? i % 28 : Math.floor(i / 28)), 0) / mass
      expect(Math.abs(centre(0) - 14)).toBeLessThan(0.6)
      expect(Math.abs(centre(1) - 14)).toBeLessThan(0.6)
      const rows = levels.flatMap((v, i) => (v > 20 ? [Math.floor(i / 28)] : []))
      expect(Math.max(...rows) - Math.min(...rows) + 1).toBeGreaterThanOrEqual(18)
      await close()
    })

    test('the view interpolate takes a drawing as a corner, and exports the path as an animation and as an element', async () => {
      const { page, close } = await openPage(browser())
      await open(page, site().url, `?view=interpolate&model=${TRAINED}`, 'canvas.strip')
      await page.getByRole('button', { name: 'Draw corner B' }).click()
      const box = (await page.locator('dialog .pad').boundingBox())!
      await page.mouse.move(box.x + 100, box.y + 40)
      await page.mouse.down()
      await page.mouse.move(box.x + 100, box.y + 200, { steps: 5 })
      await page.mouse.up()
      await page.getByRole('button', { name: 'Use it' }).click()
      await page.waitForURL(/corners=class:0;z:/)
      const url = await page.getByRole('link', { name: 'Download APNG' }).getAttribute('href')
      const response = await fetch(url!)
      expect(response.headers.get('content-type')).toBe('image/apng')
      const apng = decodeApng(new Uint8Array(await response.arrayBuffer()))
      expect(apng.numberOfFrames).toBe(12)
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: /GIF/ }).click(),
      ])
      // There and back, each end once: 12 steps are 22 frames. Frame i of the one is frame i of the other,
      // scaled and dark on light.
      const gif = sharp(await download.path(), { animated: true })
      const { pages, pageHeight, width, loop } = await gif.metadata()
      expect({ pages, pageHeight, width, loop }).toEqual({ pages: 22, pageHeight: 168, width: 168, loop: 0 })
      const pixels = await gif.greyscale().raw().toBuffer()
      const middle = (frame: number) =>
        Array.from({ length: 784 }, (_, i) => {
          const row = frame * 168 + 6 * Math.floor(i / 28) + 3
          return pixels[row * 168 + 6 * (i % 28) + 3]
        })
      const scale = apng.width / 28
      for (const frame of [0, 5, 11]) {
        const { data } = apng.frames[frame]
        const there = Array.from({ length: 784 }, (_, i) => {
          const row = scale * Math.floor(i / 28)
          return data[row * apng.width + scale * (i % 28)]
        })
        const shown = middle(frame)
        const apart = there.reduce((most, level, i) => Math.max(most, Math.abs(255 - level - shown[i])), 0)
        expect(apart).toBeLessThanOrEqual(2)
      }
      const corner = /corners=class:0;(z:[^&]*)/.exec(page.url())![1]
      const code = await page.locator('.strip-box code').textContent()
      expect(code).toContain(`to="${corner}"`)
      expect(code).toContain(`src="${site().url}/embed/latent-interpolation.js"`)
      await close()
    })

    test('the view explore shows the test image under the pointer with its class', async () => {
      const { page, close } = await openPage(browser())
      await open(page, site().url, `?model=${TRAINED}`, '.decoded canvas')
      const box = (await page.locator('.plane').boundingBox())!
      for (let i = 0; i < 40 && !(await page.locator('.tooltip').count()); i++) {
        await page.mouse.move(box.x + box.width * (0.4 + i * 0.005), box.y + box.height * 0.5)
      }
      const text = await page.locator('.tooltip').innerText()
      const [, label, index] = /(\d)\s+test image (\d+)/.exec(text)!
      const labels = await fetch(`${site().url}/v1/models/${TRAINED}/latents?format=json`).then(r => r.json())
      expect((labels as { label: number[] }).label[Number(index)]).toBe(Number(label))
      await close()
    })
  })
}
