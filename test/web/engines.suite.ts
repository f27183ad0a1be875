import type { Browser, Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { launchBrowser } from '../support/browser.ts'
import { open } from './opening.ts'
import { decodeTrained, levelsApart, openPage, readCanvas, type Site, TRAINED } from './site.ts'

const Z = [0.5, -1]

/** Checks that the page decodes Z as onnxruntime-node does, within half a grey level besides the rounding to pixels. */
async function expectDecoded(page: Page): Promise<void> {
  const pixels = await decodeTrained(Z)
  await expect
    .poll(async () => levelsApart(await readCanvas(page, '.decoded canvas'), pixels), { timeout: 20_000 })
    .toBeLessThan(1.5)
}

const inUse = (page: Page) => page.locator('.engine-time').getAttribute('data-engine')

/** Each engine, and what happens if it is not available, computes wrong values or fails later. */
export function enginesSuite(site: () => Site, browser: () => Browser): void {
  describe('the engines', () => {
    test.each(['plain', 'wasm', 'edge'])('the engine %s decodes as onnxruntime-node does', async engine => {
      const { page, faults, close } = await openPage(browser())
      const requested: string[] = []
      page.on('request', request => requested.push(`${request.method()} ${new URL(request.url()).pathname}`))
      await open(page, site().url, `?model=${TRAINED}&z=${Z}&engine=${engine}`, '.decoded canvas')
      await expect.poll(() => inUse(page), { timeout: 30_000 }).toBe(engine)
      await expectDecoded(page)
      expect(requested.some(path => path.includes('ort-wasm'))).toBe(engine === 'wasm')
      // The page shows the server's picture first, by GET; the edge engine decodes by POST.
      const posted = requested.some(path => path.startsWith('POST') && path.endsWith('/decode'))
      expect(posted).toBe(engine === 'edge')
      expect(await page.locator('.message').count()).toBe(0)
      expect(faults).toEqual([])
      await close()
    })

    test('the engine webgpu decodes as onnxruntime-node does, and another engine takes over when the device is lost', async () => {
      const gpu = await launchBrowser({ webgpu: 'software' })
      try {
        const { page } = await openPage(gpu)
        // The page ignores software adapters such as the one here, so this one pretends to be hardware.
        await page.addInitScript(() => {
          const info = (globalThis as { GPUAdapterInfo?: { prototype: object } }).GPUAdapterInfo
          if (info) Object.defineProperty(info.prototype, 'isFallbackAdapter', { get: () => false })
        })
        await open(page, site().url, `?model=${TRAINED}&z=${Z}&engine=webgpu`, '.decoded canvas')
        await expect.poll(() => inUse(page), { timeout: 60_000 }).toBe('webgpu')
        await expectDecoded(page)
        expect(await page.locator('.message').count()).toBe(0)
        await (await gpu.newBrowserCDPSession()).send('Browser.crashGpuProcess').catch(() => {})
        await page.getByText('the graphics device was lost').waitFor()
        expect(await inUse(page)).toBe('plain')
        await expectDecoded(page)
      } finally {
        await gpu.close()
      }
    })

    test('a software adapter does not count as WebGPU', async () => {
      const gpu = await launchBrowser({ webgpu: 'software' })
      try {
        const { page } = await openPage(gpu)
        await open(page, site().url, `?model=${TRAINED}&z=${Z}&engine=webgpu`, '.decoded canvas')
        await page.getByText('only a software adapter').waitFor()
        expect(await inUse(page)).toBe('plain')
      } finally {
        await gpu.close()
      }
    })

    test('the engine edge asks the API that the address names', async () => {
      const other = await site().another()
      const { page, close } = await openPage(browser())
      const asked = new Set<string>()
      page.on('request', request => {
        const url = new URL(request.url())
        if (url.pathname.startsWith('/v1/')) asked.add(url.origin)
      })
      await open(
        page,
        site().url,
        `?model=${TRAINED}&z=${Z}&engine=edge&api=${encodeURIComponent(other.url)}`,
        '.decoded canvas',
      )
      await expect.poll(() => inUse(page)).toBe('edge')
      await expectDecoded(page)
      expect([...asked]).toEqual([other.url])
      expect(await page.getByRole('link', { name: 'The API' }).getAttribute('href')).toBe(`${other.url}/docs`)
      await close()
      await other.stop()
    })

    test('the page without WebGPU says so and decodes in plain TypeScript', async () => {
      const { page, close } = await openPage(browser())
      await open(page, site().url, `?model=${TRAINED}&z=${Z}&engine=webgpu`, '.decoded canvas')
      await page.getByText('WebGPU found no graphics adapter').waitFor()
      expect(await inUse(page)).toBe('plain')
      await expectDecoded(page)
      await close()
    })

    test('the page under a policy that blocks WebAssembly says so and decodes in plain TypeScript', async () => {
      const { page, close } = await openPage(browser())
      await page.route(`${site().url}/?*`, async route => {
        const response = await route.fetch()
        const headers = {
          ...response.headers(),
          'content-security-policy': "script-src 'self'; worker-src 'self'",
        }
        await route.fulfill({ response, headers })
      })
      await open(page, site().url, `?model=${TRAINED}&z=${Z}&engine=wasm`, '.decoded canvas')
      await page.getByText('security policy blocks WebAssembly').waitFor()
      expect(await inUse(page)).toBe('plain')
      await expectDecoded(page)
      await close()
    })

    test('an engine that computes a wrong golden vector is refused', async () => {
      const { page, close } = await openPage(browser())
      await page.route('**/decode?format=f32', async route => {
        const response = await route.fetch()
        const pixels = new Float32Array(Uint8Array.from(await response.body()).buffer)
        pixels[500] += 0.01
        await route.fulfill({ response, body: Buffer.from(pixels.buffer) })
      })
      await open(page, site().url, `?model=${TRAINED}&z=${Z}&engine=edge`, '.decoded canvas')
      await page.getByText('off by 0.01').waitFor()
      expect(await inUse(page)).toBe('plain')
      await expectDecoded(page)
      await close()
    })

    test('the page decodes on its own when the server stops answering, and says so', async () => {
      const server = await site().another()
      const { page, close } = await openPage(browser())
      await open(page, server.url, `?model=${TRAINED}&z=0,0&engine=edge`, '.decoded canvas')
      await expect.poll(() => inUse(page)).toBe('edge')
      await server.stop()
      await page.locator('.plane').press('ArrowRight')
      await page.getByText('does not answer').waitFor()
      expect(await inUse(page)).toBe('plain')
      const before = await readCanvas(page, '.decoded canvas')
      await page.getByRole('button', { name: 'Mean of class 1' }).click()
      await expect.poll(() => readCanvas(page, '.decoded canvas')).not.toEqual(before)
      await page.getByRole('link', { name: 'Paper' }).click()
      await page.getByText('could not be fetched').waitFor()
      await page.getByRole('link', { name: 'Explore' }).click()
      await page.locator('.decoded canvas').waitFor()
      await close()
    })

    test('the page goes on when the worker of an engine dies, and says so', async () => {
      const { page, close } = await openPage(browser())
      await open(page, site().url, `?model=${TRAINED}&z=0.3,0&engine=wasm`, '.decoded canvas')
      await expect
        .poll(() => page.locator('.engine-time').innerText(), { timeout: 30_000 })
        .toMatch(/WASM (under )?[\d.]+ ms/)
      await page.workers()[0].evaluate(() => {
        setTimeout(() => {
          throw new Error('out of memory')
        })
      })
      await page.getByText('out of memory').waitFor()
      await page.locator('.plane').press('Shift+ArrowDown')
      expect(await inUse(page)).toBe('plain')
      expect(page.url()).toContain('engine=wasm')
      await close()
    })

    test('the page says when no server answers at the start, and tries again', async () => {
      const { page, close } = await openPage(browser())
      await page.route('**/v1/**', route => route.abort())
      await page.goto(`${site().url}/?model=${TRAINED}&z=${Z}`)
      await page.getByText('does not answer').waitFor()
      await page.unroute('**/v1/**')
      // Each part of the page that failed has a button of its own, until it tries again.
      const again = page.getByRole('button', { name: 'Try again' })
      await expect
        .poll(async () => {
          await again
            .first()
            .dispatchEvent('click', {}, { timeout: 200 })
            .catch(() => {})
          return again.count()
        })
        .toBe(0)
      await expectDecoded(page)
      await close()
    })
  })
}
