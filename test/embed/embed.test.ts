import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type {} from '../../web/embed/latent-interpolation.d.ts'
import { MODEL, type Stage, setStage, untilLocal, visit } from './stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await setStage()
})
afterAll(() => stage.stop())

test('the script with all it needs is at most 15 kB compressed, and nothing but itself', async () => {
  const script = await readFile(path.join(stage.folder, 'page/embed/latent-interpolation.js'))
  expect(gzipSync(script, { level: 9 }).length).toBeLessThanOrEqual(15_000)
  expect(brotliCompressSync(script).length).toBeLessThanOrEqual(13_500)
  expect(String(script)).not.toMatch(/\bimport\s*[({"'`]|onnxruntime|WebAssembly|new Worker/)
})

describe('pages of others', () => {
  test('another origin without special headers: the first picture before any model, the model once someone comes near', async () => {
    const { page, thrown, console, asked } = await visit(stage, `${stage.host}/plain.html`)
    await page.waitForFunction(() => document.querySelector('latent-interpolation')?.decoding === 'edge')
    await page.waitForLoadState('networkidle')
    expect(asked.filter(url => url.endsWith('decoder.onnx'))).toEqual([])
    const size = await page
      .locator('latent-interpolation')
      .first()
      .evaluate(e => [(e as HTMLElement).offsetWidth, getComputedStyle(e).fontFamily])
    expect(size).toEqual([224, 'Georgia, serif'])
    await page.locator('latent-interpolation').first().hover()
    await untilLocal(page)
    expect(asked.filter(url => url.endsWith('decoder.onnx'))).toHaveLength(1)
    expect([thrown, console]).toEqual([[], []])
    await page.close()
  })

  test('a strict policy without WebAssembly, inline styles and Trusted Types', async () => {
    const { page, thrown, console } = await visit(stage, `${stage.host}/policy.html`)
    await untilLocal(page)
    // The policy does what it says, and the element is laid out in spite of it.
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
    expect(thrown).toEqual([])
    expect(console.filter(line => !line.includes('WebAssembly') && !line.includes('favicon'))).toEqual([])
    await page.close()
  })

  test('a hostile style sheet', async () => {
    const { page, thrown } = await visit(stage, `${stage.host}/hostile.html`)
    await untilLocal(page)
    const canvas = await page.locator('latent-interpolation canvas').boundingBox()
    expect([canvas?.width, canvas?.height]).toEqual([224, 224])
    const slider = page.getByRole('slider')
    await slider.press('End')
    await expect.poll(() => page.evaluate(() => document.querySelector('latent-interpolation')?.t)).toBe(1)
    const box = (await slider.boundingBox())!
    expect(box.y).toBeGreaterThan(canvas!.y + canvas!.height)
    expect(box.width).toBeGreaterThan(80)
    expect(thrown).toEqual([])
    await page.close()
  })

  test('ten on a page share one model, and the one off the screen sleeps', async () => {
    const { page, thrown, asked } = await visit(stage, `${stage.host}/ten.html`)
    await page.waitForFunction(
      () =>
        [...document.querySelectorAll('latent-interpolation')].filter(e => e.decoding === 'local' && e.t > 0)
          .length === 9,
    )
    expect(asked.filter(url => url.endsWith('decoder.onnx'))).toHaveLength(1)
    expect(asked.filter(url => url.endsWith(MODEL))).toHaveLength(1)
    expect(asked.filter(url => url.includes('class%3A9&to=class%3A0'))).toEqual([])
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
    expect(asked.filter(url => url.endsWith('decoder.onnx'))).toHaveLength(1)
    expect(thrown).toEqual([])
    await page.close()
  })

  test('sandboxed frames, with their script and without', async () => {
    const { page, thrown } = await visit(stage, `${stage.host}/sandbox.html`)
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
    expect(thrown).toEqual([])
    await page.close()
  })
})
