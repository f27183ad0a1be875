import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { LatentInterpolation } from '../../web/embed/latent-interpolation.d.ts'
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

test('an element attached and removed 1,000 times leaves no listener, node, canvas, worker or request', async () => {
  const { page, exceptions } = await openPage(
    site,
    site.addPage('leak.html', pageWith('<div id="here"></div>')),
  )
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('HeapProfiler.enable')
  const count = async () => {
    for (let i = 0; i < 3; i++) await devtools.send('HeapProfiler.collectGarbage')
    const { nodes, jsEventListeners } = await devtools.send('Memory.getDOMCounters')
    const { result } = await devtools.send('Runtime.evaluate', {
      expression: 'HTMLCanvasElement.prototype',
    })
    const { objects } = await devtools.send('Runtime.queryObjects', { prototypeObjectId: result.objectId! })
    const canvases = await devtools.send('Runtime.callFunctionOn', {
      objectId: objects.objectId,
      functionDeclaration: 'function () { return this.length }',
      returnByValue: true,
    })
    await devtools.send('Runtime.releaseObject', { objectId: objects.objectId! })
    return {
      nodes,
      jsEventListeners,
      canvases: canvases.result.value as number,
      workers: page.workers().length,
    }
  }
  const cycle = (times: number, markup: string, wait: 'no' | 'frame' | 'picture') =>
    page.evaluate(
      async ([times, markup, wait]) => {
        const here = document.querySelector('#here')!
        for (let i = 0; i < (times as number); i++) {
          here.innerHTML = markup as string
          const one = here.querySelector('latent-interpolation')!
          if (wait === 'picture') await new Promise(resolve => one.addEventListener('ready', resolve))
          else if (wait === 'frame' || i % 10 === 0) await new Promise(requestAnimationFrame)
          one.remove()
          here.textContent = ''
        }
        // What an element releases when it is removed is gone after a frame.
        for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame)
      },
      [times, markup, wait] as const,
    )
  const playing = element(`${PATH} engine="local" autoplay loop controls`)
  await page.waitForFunction(() => customElements.get('latent-interpolation'))
  await cycle(20, playing, 'picture')
  const open = new Set<unknown>()
  page.on('request', request => open.add(request))
  page.on('requestfinished', request => open.delete(request))
  page.on('requestfailed', request => open.delete(request))
  const before = await count()
  await cycle(750, playing, 'no')
  await cycle(
    150,
    element(`model="${MODEL}" corners="class:0;class:1;class:2;class:3" engine="edge"`),
    'frame',
  )
  await cycle(100, playing, 'picture')
  await expect.poll(() => open.size).toBe(0)
  const after = await count()
  expect(after.workers).toBe(0)
  expect(after.canvases).toBeLessThanOrEqual(before.canvases)
  expect(after.nodes).toBeLessThanOrEqual(before.nodes + 5)
  expect(after.jsEventListeners).toBeLessThanOrEqual(before.jsEventListeners)
  // The counts are sensitive: one more element raises each.
  await page.evaluate(
    markup => document.querySelector('#here')!.insertAdjacentHTML('beforeend', markup),
    playing,
  )
  await waitForLocalDecoding(page)
  const one = await count()
  expect(one.canvases).toBe(after.canvases + 1)
  expect(one.nodes).toBeGreaterThan(after.nodes + 10)
  expect(one.jsEventListeners).toBeGreaterThan(after.jsEventListeners)
  expect(exceptions).toEqual([])
  await page.close()
})

test('removing the last element of a model aborts its download, or drops the decoder', async () => {
  const two = `<div id="a">${element(`${PATH} engine="local"`)}</div><div id="b">${element(`${PATH} engine="local"`)}</div>`
  const { page, requests } = await openPage(
    site,
    site.addPage('last.html', pageWith('<div id="here"></div>')),
  )
  await page.waitForFunction(() => customElements.get('latent-interpolation'))
  const broken: string[] = []
  page.on('requestfailed', request => broken.push(request.url()))
  const decoders = () => requests.filter(url => url.endsWith('decoder.onnx')).length
  const fill = (html: string) =>
    page.evaluate(html => (document.querySelector('#here')!.innerHTML = html), html)
  const take = (id: string) => page.evaluate(id => document.querySelector(id)?.replaceChildren(), id)
  await page.route('**/decoder.onnx', () => {})
  // Wait for both elements: each asks for the decoder once it shows its first frames, which the API decodes.
  const bothDecodeBy = (engine: 'edge' | 'local') =>
    page.waitForFunction(
      engine => [...document.querySelectorAll('latent-interpolation')].every(e => e.decoding === engine),
      engine,
    )
  await fill(two)
  await bothDecodeBy('edge')
  await expect.poll(decoders).toBe(1)
  await take('#a')
  // The element releases what it holds in a microtask, before `evaluate` answers.
  await page.evaluate(() => new Promise(requestAnimationFrame))
  expect(broken).toEqual([])
  await take('#b')
  await expect.poll(() => broken.length).toBe(1)
  await page.unroute('**/decoder.onnx')
  await fill(two)
  await bothDecodeBy('local')
  await take('#a')
  await fill('')
  await fill(two)
  await waitForLocalDecoding(page)
  expect(decoders()).toBe(3)
  await page.close()
})

test('an element moved within the page keeps its frames and requests nothing', async () => {
  const { page, requests } = await openPage(
    site,
    site.addPage('move.html', pageWith(`<p id="a">${element(`${PATH} engine="local"`)}</p><p id="b"></p>`)),
  )
  await waitForLocalDecoding(page)
  const before = requests.length
  const kept = await page.evaluate(async () => {
    const e = document.querySelector('latent-interpolation')!
    e.seek(0.5)
    document.querySelector('#b')!.append(e)
    // Requests would be sent in a microtask, or in the frame that first draws it at the new place.
    for (let frame = 0; frame < 3; frame++) await new Promise(requestAnimationFrame)
    return [e.t, e.decoding]
  })
  expect(kept).toEqual([0.5, 'local'])
  expect(requests.length).toBe(before)
  await page.close()
})

test('a model replaced between the first frames and the card gives both of one version', async () => {
  const { page, exceptions } = await openPage(site, site.addPage('replaced.html', pageWith('')))
  const card = JSON.parse(await readFile(path.join(site.zoo, MODEL, 'card.json'), 'utf8')) as {
    version: string
  }
  const old = { ...card, version: createHash('sha256').update('old').digest('hex').slice(0, 12) }
  await page.route(
    ({ pathname }) => pathname === `/v1/models/${MODEL}`,
    route => route.fulfill({ json: old, headers: { 'access-control-allow-origin': '*' } }),
  )
  const model = await page.evaluate(
    attributes =>
      new Promise<string>(resolve => {
        document.body.addEventListener(
          'ready',
          event => resolve((event as CustomEvent<{ model: string }>).detail.model),
          true,
        )
        document.body.innerHTML = `<latent-interpolation ${attributes}></latent-interpolation>`
      }),
    PATH,
  )
  expect(model).toBe(`${MODEL}@${card.version}`)
  expect(exceptions).toEqual([])
  await page.close()
})

test('an element moved to the document of another window keeps its style, and plays there', async () => {
  const { page, exceptions } = await openPage(site, site.addPage('pop-out.html', pageWith(element(PATH))))
  await expect.poll(() => decoding(page)).toBe('edge')
  const [popup] = await Promise.all([
    page.waitForEvent('popup'),
    page.evaluate(() => {
      const popup = open('', '', 'width=300,height=300') as Window
      Object.assign(window, { moved: document.querySelector('latent-interpolation') })
      popup.document.body.append(document.querySelector('latent-interpolation') as Element)
    }),
  ])
  const canvas = popup.locator('latent-interpolation canvas')
  const style = () =>
    canvas.evaluate(node => {
      const { width, imageRendering } = getComputedStyle(node)
      return [width, imageRendering]
    })
  await expect.poll(style).toEqual(['224px', 'pixelated'])
  await page.evaluate(() => (window as unknown as { moved: LatentInterpolation }).moved.play())
  await expect
    .poll(() => page.evaluate(() => (window as unknown as { moved: LatentInterpolation }).moved.t))
    .toBeGreaterThan(0)
  // Back in the first document, it has that document's style sheet.
  await page.evaluate(() => document.body.append((window as unknown as { moved: Element }).moved))
  await expect
    .poll(() => page.locator('latent-interpolation .box').evaluate(node => getComputedStyle(node).display))
    .toBe('inline-grid')
  expect(exceptions).toEqual([])
  await popup.close()
  await page.close()
})
