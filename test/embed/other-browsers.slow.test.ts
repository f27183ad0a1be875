import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { decode } from 'fast-png'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { writeModel } from '../edge/fixture-model.ts'
import { OTHER_BROWSERS, waitUntil } from '../support/other-browser.ts'
import type { OtherPage } from '../support/other-page.ts'
import { type EmbedSite, MODEL, pageWith, serveModels, startEmbedSite } from './embed-site.ts'

let site: EmbedSite
beforeAll(async () => {
  site = await startEmbedSite()
})
afterAll(() => site.stop())

describe.each(OTHER_BROWSERS)('$name', browser => {
  describe.skipIf(browser.missing !== undefined)(browser.missing ?? 'installed', () => {
    let page: OtherPage
    beforeAll(async () => {
      page = await browser.launch()
    })
    afterAll(() => page.close())

    test('the element decodes in the page and reports the change of a seek', async () => {
      const element = `<latent-interpolation model="${MODEL}" from="class:3" to="class:8" engine="local"></latent-interpolation>`
      await page.goto(site.addPage('other.html', pageWith(element)))
      await waitUntil(page, `document.querySelector('latent-interpolation').decoding === 'local'`)
      const t = await page.evaluate(`new Promise(resolve => {
        const element = document.querySelector('latent-interpolation')
        element.addEventListener('change', event => resolve(event.detail.t))
        element.seek(0.5)
      })`)
      expect(t).toBe(0.5)
    })

    test('an element moved to another document keeps its style, and plays there', async () => {
      const element = `<latent-interpolation model="${MODEL}" from="class:3" to="class:8"></latent-interpolation>`
      await page.goto(site.addPage('moved.html', pageWith(`${element}<iframe></iframe>`)))
      await waitUntil(page, `document.querySelector('latent-interpolation').decoding`)
      await page.evaluate(`(() => {
        window.moved = document.querySelector('latent-interpolation')
        document.querySelector('iframe').contentDocument.body.append(moved)
      })()`)
      const canvas = `moved.shadowRoot.querySelector('canvas')`
      const style = `moved.ownerDocument.defaultView.getComputedStyle(${canvas})`
      await waitUntil(page, `${style}.width === '224px' && ${style}.imageRendering === 'pixelated'`)
      await page.evaluate('moved.play()')
      await waitUntil(page, 'moved.t > 0')
    })

    test('an element whose server was away shows its images when the browser is online again', async () => {
      const { zoo, page: pages } = site
      const other = await serveModels(zoo, pages)
      await other.stop(0)
      const element = `<latent-interpolation src="${other.url}" model="${MODEL}" from="class:3" to="class:8"></latent-interpolation>`
      await page.goto(site.addPage('away.html', pageWith(element)))
      const fallback = `document.querySelector('latent-interpolation').shadowRoot.querySelector('.fallback')`
      await waitUntil(page, `!${fallback}.hidden`)
      const back = await serveModels(zoo, pages, Number(new URL(other.url).port))
      await page.evaluate(`void dispatchEvent(new Event('online'))`)
      await waitUntil(page, `document.querySelector('latent-interpolation').decoding`)
      await back.stop(0)
    })

    test('of scripts of two servers, each snippet’s element asks its own server, once', async () => {
      const { zoo, page: pages } = site
      const second = await serveModels(zoo, pages)
      const snippet = (home: string) =>
        `<script type="module" src="${home}/embed/latent-interpolation.js"></script>
        <latent-interpolation model="${MODEL}" from="class:3" to="class:8"></latent-interpolation>`
      const body = snippet(site.home) + snippet(second.url)
      await page.goto(site.addPage('two.html', `<!doctype html><title>Two</title><body>${body}</body>`))
      const all = `[...document.querySelectorAll('latent-interpolation')]`
      await waitUntil(page, `${all}.every(element => element.decoding)`)
      const asked = await page.evaluate<string[]>(`performance.getEntriesByType('resource')
        .filter(({ name }) => name.includes('/interpolate?')).map(({ name }) => new URL(name).origin)`)
      expect(asked.sort()).toEqual([site.home, second.url].sort())
      await second.stop(0)
    })

    test('an element asks the server of the other script for a model that the nearest does not have', async () => {
      const folder = await mkdtemp(path.join(tmpdir(), 'latent-other-'))
      await writeModel(folder, { id: 'only-on-second', kind: 'ae', latentDim: 2, layers: 1 })
      const second = await serveModels(folder, site.page)
      const scripts = [second.url, site.home].map(
        home => `<script type="module" src="${home}/embed/latent-interpolation.js"></script>`,
      )
      const element =
        '<latent-interpolation model="only-on-second" from="seed:1" to="seed:2"></latent-interpolation>'
      const html = `<!doctype html><title>Only</title><body>${scripts.join('')}${element}</body>`
      await page.goto(site.addPage('only.html', html))
      await waitUntil(page, `document.querySelector('latent-interpolation').decoding`)
      await second.stop(0)
      await rm(folder, { recursive: true })
    })

    test('the slider is at least 80 px wide in a narrow element, which is never wider than its place', async () => {
      const element = (scale: number) =>
        `<latent-interpolation model="${MODEL}" from="class:3" to="class:8" controls scale="${scale}"></latent-interpolation>`
      const body = `<p>${element(1)}</p><div style="width: 150px">${element(16)}</div>`
      await page.goto(site.addPage('narrow.html', pageWith(body)))
      const all = `[...document.querySelectorAll('latent-interpolation')]`
      await waitUntil(page, `${all}.every(element => element.decoding)`)
      const [slider, narrow, contained] = await page.evaluate<number[]>(`(() => {
        const [first, second] = ${all}
        const range = first.shadowRoot.querySelector('input[type=range]')
        return [range, first, second].map(element => element.getBoundingClientRect().width)
      })()`)
      expect(slider).toBeGreaterThanOrEqual(80)
      expect(narrow).toBeGreaterThanOrEqual(slider)
      expect(contained).toBeLessThanOrEqual(150)
      expect(contained).toBeGreaterThan(140)
    })

    test('the element is shown in a sandboxed iframe', async () => {
      const src = `HOME/embed?model=${MODEL}&from=class:3&to=class:8&controls`
      const iframe = `<iframe src="${src}" sandbox="allow-scripts" width="224" height="272" style="border: 0"></iframe>`
      await page.goto(site.addPage('sandboxed.html', pageWith(iframe)))
      // The parent cannot look into a document of an opaque origin, but it is seen.
      const countDark = async () => {
        const { data, channels } = decode(await page.screenshot())
        return data.filter((value, i) => i % channels === 0 && value < 100).length
      }
      await expect.poll(countDark).toBeGreaterThan(200)
    })
  })
})
