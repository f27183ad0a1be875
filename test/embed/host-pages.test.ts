import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type {} from '../../web/embed/latent-interpolation.d.ts'
import {
  decoding,
  type EmbedSite,
  element,
  MODEL,
  openPage,
  PATH,
  pageWith,
  startEmbedSite,
  waitForLocalDecoding,
} from './embed-site.ts'

let site: EmbedSite
beforeAll(async () => {
  site = await startEmbedSite()
})
afterAll(() => site.stop())

test('the script is at most 20.7 kB with gzip, and imports nothing', async () => {
  const script = await readFile(path.join(site.page, 'embed/latent-interpolation.js'))
  expect(gzipSync(script, { level: 9 }).length).toBeLessThanOrEqual(20_700)
  expect(brotliCompressSync(script).length).toBeLessThanOrEqual(18_500)
  expect(String(script)).not.toMatch(/\bimport\s*[({"'`]|onnxruntime|WebAssembly|new Worker/)
})

test('another origin without special headers shows the first frames without a model, and fetches the model on hover', async () => {
  const { page, exceptions, console, requests } = await openPage(site, `${site.host}/plain.html`)
  await page.waitForFunction(() => document.querySelector('latent-interpolation')?.decoding === 'edge')
  await page.waitForLoadState('networkidle')
  expect(requests.filter(url => url.endsWith('decoder.onnx'))).toEqual([])
  const size = await page
    .locator('latent-interpolation')
    .first()
    .evaluate(e => [(e as HTMLElement).offsetWidth, getComputedStyle(e).fontFamily])
  expect(size).toEqual([224, 'Georgia, serif'])
  await page.locator('latent-interpolation').first().hover()
  await waitForLocalDecoding(page)
  expect(requests.filter(url => url.endsWith('decoder.onnx'))).toHaveLength(1)
  expect([exceptions, console]).toEqual([[], []])
  await page.close()
})

test('a Content Security Policy without WebAssembly and inline styles, with Trusted Types, blocks nothing of the element', async () => {
  const { page, exceptions, console } = await openPage(site, `${site.host}/policy.html`)
  await waitForLocalDecoding(page)
  // The policy is in force, and the element has its layout.
  const blocked = await page.evaluate(() => {
    try {
      return !new WebAssembly.Module(Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0))
    } catch {
      return true
    }
  })
  expect(blocked).toBe(true)
  expect((await page.locator('latent-interpolation canvas').boundingBox())?.width).toBe(224)
  await page.getByRole('button', { name: 'Play' }).click()
  await page.waitForFunction(() => (document.querySelector('latent-interpolation')?.t ?? 0) > 0.2)
  expect(exceptions).toEqual([])
  expect(console.filter(line => !line.includes('WebAssembly') && !line.includes('favicon'))).toEqual([])
  await page.close()
})

test('a style sheet that unsets every property changes neither the size of the image nor the slider', async () => {
  const { page, exceptions } = await openPage(site, `${site.host}/hostile.html`)
  await waitForLocalDecoding(page)
  const canvas = await page.locator('latent-interpolation canvas').boundingBox()
  expect([canvas?.width, canvas?.height]).toEqual([224, 224])
  const slider = page.getByRole('slider')
  await slider.press('End')
  await expect.poll(() => page.evaluate(() => document.querySelector('latent-interpolation')?.t)).toBe(1)
  const box = (await slider.boundingBox())!
  expect(box.y).toBeGreaterThan(canvas!.y + canvas!.height)
  expect(box.width).toBeGreaterThan(80)
  expect(exceptions).toEqual([])
  await page.close()
})

test('ten elements fetch one model once, and the one outside the window fetches and plays nothing', async () => {
  const { page, exceptions, requests } = await openPage(site, `${site.host}/ten.html`)
  await page.waitForFunction(
    () =>
      [...document.querySelectorAll('latent-interpolation')].filter(e => e.decoding === 'local' && e.t > 0)
        .length === 9,
  )
  expect(requests.filter(url => url.endsWith('decoder.onnx'))).toHaveLength(1)
  expect(requests.filter(url => url.endsWith(`${MODEL}?density=omit`))).toHaveLength(1)
  expect(requests.filter(url => url.includes('class%3A9&to=class%3A0'))).toEqual([])
  expect(
    await page.evaluate(
      () => document.querySelector<HTMLElementTagNameMap['latent-interpolation']>('#far')?.decoding,
    ),
  ).toBeUndefined()
  await page.evaluate(() => document.querySelector('#far')?.scrollIntoView())
  await page.waitForFunction(
    () => (document.querySelector<HTMLElementTagNameMap['latent-interpolation']>('#far')?.t ?? 0) > 0,
  )
  const still = await page.evaluate(async () => {
    await new Promise(resolve => setTimeout(resolve, 300))
    const t = () =>
      [...document.querySelectorAll('.all latent-interpolation')].map(
        e => (e as HTMLElementTagNameMap['latent-interpolation']).t,
      )
    const before = t()
    await new Promise(resolve => setTimeout(resolve, 300))
    return t().every((value, i) => value === before[i])
  })
  expect(still).toBe(true)
  expect(requests.filter(url => url.endsWith('decoder.onnx'))).toHaveLength(1)
  expect(exceptions).toEqual([])
  await page.close()
})

test('sandboxed iframes show the element with scripts, an animation without', async () => {
  const { page, exceptions } = await openPage(site, `${site.host}/sandbox.html`)
  const frame = page.frameLocator('iframe[title="With script"]')
  const slider = frame.getByRole('slider', { name: 'From 3 to 8' })
  await slider.press('End')
  await expect.poll(() => slider.inputValue()).toBe('100')
  await expect
    .poll(() =>
      frame
        .locator('latent-interpolation')
        .evaluate(e => (e as HTMLElementTagNameMap['latent-interpolation']).decoding),
    )
    .toBe('local')
  const image = page.frameLocator('iframe[title="Without script"]').locator('img')
  await expect.poll(() => image.evaluate(e => (e as HTMLImageElement).naturalWidth)).toBe(224)
  expect(await page.locator('p img').evaluate(e => (e as HTMLImageElement).naturalWidth)).toBe(112)
  expect(exceptions).toEqual([])
  await page.close()
})

describe('narrow places', () => {
  test.each([1, 2, 4, 8])(
    'at scale %i the slider is at least 80 px wide and inside the element',
    async scale => {
      const { page } = await openPage(
        site,
        site.addPage('narrow.html', pageWith(element(`${PATH} controls scale="${scale}"`))),
      )
      await expect.poll(() => decoding(page)).toBe('edge')
      const [slider, host] = await Promise.all([
        page.getByRole('slider').boundingBox(),
        page.locator('latent-interpolation').boundingBox(),
      ])
      expect(slider!.width).toBeGreaterThanOrEqual(80)
      expect(slider!.x + slider!.width).toBeLessThanOrEqual(host!.x + host!.width + 0.5)
      await page.close()
    },
  )

  test('an element is never wider than what contains it', async () => {
    const body = `<div style="width: 150px">${element(`${PATH} controls scale="16"`)}</div>`
    const { page } = await openPage(site, site.addPage('contained.html', pageWith(body)))
    await expect.poll(() => decoding(page)).toBe('edge')
    const box = await page.locator('latent-interpolation').boundingBox()
    expect(box!.width).toBeLessThanOrEqual(150)
    expect(box!.width).toBeGreaterThan(140)
    await page.close()
  })
})
