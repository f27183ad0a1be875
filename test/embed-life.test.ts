import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ErrorDetail } from '../web/embed/latent-interpolation.d.ts'
import { around, MODEL, type Stage, setStage, untilLocal, visit } from './embed/stage.ts'

let stage: Stage
beforeAll(async () => {
  stage = await setStage()
})
afterAll(() => stage.stop())

const element = (attributes: string, inner = '') =>
  `<latent-interpolation ${attributes}>${inner}</latent-interpolation>`
const PATH = `model="${MODEL}" from="class:3" to="class:8"`

/** What `fail` finds when a page shows an element that cannot be shown. */
async function fail(markup: string, prepare: (page: Page) => Promise<void> = async () => {}) {
  const url = stage.put('fail.html', around('<div id="here"></div>'))
  const { page, thrown, console } = await visit(stage, url)
  await page.waitForFunction(() => customElements.get('latent-interpolation'))
  await prepare(page)
  const detail = await page.evaluate(
    markup =>
      new Promise<ErrorDetail>(resolve => {
        const here = document.querySelector('#here')!
        here.addEventListener('error', event => resolve((event as CustomEvent<ErrorDetail>).detail), true)
        here.innerHTML = markup
      }),
    markup,
  )
  const shown = await page.locator('latent-interpolation').evaluate(e => ({
    picture: !e.shadowRoot!.querySelector<HTMLElement>('.stage')!.hidden,
    fallback: e.shadowRoot!.querySelector<HTMLElement>('.fallback')!.offsetHeight > 0,
  }))
  expect(shown).toEqual({ picture: false, fallback: true })
  const words = await page.locator('#here').innerText()
  await page.close()
  const own = console.filter(line => line.includes('<latent-interpolation>'))
  expect(own).toEqual([`error <latent-interpolation> ${detail.attribute}: ${detail.message}`])
  expect(thrown).toEqual([])
  return { detail, words }
}

describe('what cannot be shown', () => {
  test.each([
    ['model', 'invalid', 'from="class:3" to="class:8"'],
    ['model', 'invalid', 'model="../../etc" from="class:3" to="class:8"'],
    ['model', 'refused', 'model="no-such-model" from="class:3" to="class:8"'],
    ['model', 'refused', `model="${MODEL}@000000000000" from="class:3" to="class:8"`],
    ['from', 'invalid', `model="${MODEL}" to="class:8"`],
    ['from', 'invalid', `model="${MODEL}" from="three" to="class:8"`],
    ['to', 'refused', `model="${MODEL}" from="class:3" to="class:12"`],
    ['to', 'refused', `model="${MODEL}" from="class:3" to="z:1,2,3"`],
    ['from', 'invalid', `${PATH} corners="class:0;class:1;class:2;class:3"`],
    ['corners', 'invalid', `model="${MODEL}" corners="class:0;class:1"`],
    ['corners', 'refused', `model="${MODEL}" corners="class:0;class:1;class:77;class:3"`],
    ['steps', 'invalid', `${PATH} steps="1"`],
    ['steps', 'invalid', `${PATH} steps="many"`],
    ['scale', 'invalid', `${PATH} scale="1.5"`],
    ['duration', 'invalid', `${PATH} duration="0"`],
    ['path', 'invalid', `${PATH} path="curve"`],
    ['engine', 'invalid', `${PATH} engine="gpu"`],
    ['theme', 'invalid', `${PATH} theme="sepia"`],
    ['src', 'invalid', `${PATH} src="ftp://example.org"`],
    ['src', 'unreachable', `${PATH} src="http://127.0.0.1:9"`],
  ])('%s (%s): %s', async (attribute, code, attributes) => {
    const { detail } = await fail(element(attributes))
    expect(detail).toMatchObject({ attribute, code })
    expect(detail.message).toMatch(/^expected .+, got .+/)
  })

  test('a server of something else, the slot with words of the page, and mending it', async () => {
    const other = createServer((_, response) =>
      response.setHeader('access-control-allow-origin', '*').end('<p>hello'),
    )
    await new Promise<void>(resolve => other.listen(0, '127.0.0.1', resolve))
    const src = `http://127.0.0.1:${(other.address() as AddressInfo).port}`
    const { detail, words } = await fail(
      element(`${PATH} src="${src}"`, '<b slot="fallback">Nothing today.</b>'),
    )
    expect(detail).toMatchObject({ attribute: 'src', code: 'broken' })
    expect(words.trim()).toBe('Nothing today.')
    const { page, thrown } = await visit(
      stage,
      stage.put('mend.html', around(element(`${PATH} src="${src}" engine="local"`))),
    )
    await page.waitForFunction(
      () =>
        document.querySelector('latent-interpolation')?.shadowRoot?.querySelector<HTMLElement>('.stage')
          ?.hidden,
    )
    await page.evaluate(() => document.querySelector('latent-interpolation')?.removeAttribute('src'))
    await untilLocal(page)
    expect(thrown).toEqual([])
    await page.close()
    other.closeAllConnections()
    other.close()
  })

  test('a decoder of another shape than its card says: without pictures for local, with those of the edge for auto', async () => {
    const { page, thrown, console } = await visit(
      stage,
      stage.put('shape.html', around(element(PATH, 'Not here.'))),
    )
    const wrong = await readFile(path.join(stage.folder, 'zoo/wide-ae-z8/decoder.onnx'))
    await page.route('**/decoder.onnx', route =>
      route.fulfill({ body: wrong, headers: { 'access-control-allow-origin': '*' } }),
    )
    await page.waitForFunction(() => document.querySelector('latent-interpolation')?.decoding)
    await page.locator('latent-interpolation').hover()
    await expect
      .poll(() => console.filter(line => line.startsWith('warning')).join())
      .toMatch(/> model: expected a decoder from 2 to 784 numbers, got one from 8 to/)
    expect(await page.evaluate(() => document.querySelector('latent-interpolation')?.decoding)).toBe('edge')
    await page.evaluate(() => document.querySelector('latent-interpolation')?.setAttribute('engine', 'local'))
    await expect
      .poll(() => console.filter(line => line.startsWith('error')).join())
      .toMatch(/> model: expected a decoder/)
    expect((await page.locator('body').innerText()).trim()).toBe('Not here.')
    expect(thrown).toEqual([])
    await page.close()
  })

  test('a server that goes away in use: what is there goes on, what is not there is told', async () => {
    const { page, thrown } = await visit(
      stage,
      stage.put('gone.html', around(element(`${PATH} engine="local"`))),
    )
    await untilLocal(page)
    await page.route('**/v1/**', route => route.abort())
    await page.evaluate(() => document.querySelector('latent-interpolation')?.seek(0.4))
    await expect.poll(() => page.evaluate(() => document.querySelector('latent-interpolation')?.t)).toBe(0.4)
    const told = await page.evaluate(
      () =>
        new Promise<ErrorDetail>(resolve => {
          const element = document.querySelector('latent-interpolation')!
          element.addEventListener('error', event => resolve(event.detail))
          element.to = 'class:1'
        }),
    )
    expect(told).toMatchObject({ attribute: 'src', code: 'unreachable' })
    expect(thrown).toEqual([])
    await page.close()
  })

  test('nonsense given to its members throws nothing', async () => {
    const { page, thrown } = await visit(
      stage,
      stage.put('nonsense.html', around(element(`${PATH} engine="local"`))),
    )
    await page.waitForFunction(() => customElements.get('latent-interpolation'))
    const early = await page.evaluate(() => document.createElement('latent-interpolation').toBlob())
    expect(early).toBeNull()
    await untilLocal(page)
    const state = await page.evaluate(async () => {
      const e = document.querySelector('latent-interpolation')!
      e.seek(0.5)
      for (const value of [Number.NaN, undefined, 'x', {}, []] as never[]) e.seek(value, value)
      e.t = 7
      e.pause()
      Object.assign(e, { t: 7, steps: null, loop: 'yes', label: null })
      const blob = await e.toBlob({ scale: -3, type: 'image/none' })
      return [e.t, e.loop, blob?.type]
    })
    expect(state).toEqual([1, true, 'image/png'])
    expect(thrown).toEqual([])
    await page.close()
  })
})

describe('coming and going', () => {
  test('attached and removed 1,000 times, it leaves no listener, node, canvas, worker or request behind', async () => {
    const { page, thrown } = await visit(stage, stage.put('leak.html', around('<div id="here"></div>')))
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
          await new Promise(resolve => setTimeout(resolve, 200))
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
    await cycle(600, playing, 'no')
    await cycle(
      250,
      element(`model="${MODEL}" corners="class:0;class:1;class:2;class:3" engine="edge"`),
      'frame',
    )
    await cycle(150, playing, 'picture')
    await expect.poll(() => open.size).toBe(0)
    const after = await count()
    expect(after.workers).toBe(0)
    expect(after.canvases).toBeLessThanOrEqual(before.canvases)
    expect(after.nodes).toBeLessThanOrEqual(before.nodes + 5)
    expect(after.jsEventListeners).toBeLessThanOrEqual(before.jsEventListeners)
    // The meter measures: one element more is seen in each count.
    await page.evaluate(
      markup => document.querySelector('#here')!.insertAdjacentHTML('beforeend', markup),
      playing,
    )
    await untilLocal(page)
    const one = await count()
    expect(one.canvases).toBe(after.canvases + 1)
    expect(one.nodes).toBeGreaterThan(after.nodes + 10)
    expect(one.jsEventListeners).toBeGreaterThan(after.jsEventListeners)
    expect(thrown).toEqual([])
    await page.close()
  })

  test('moved within the page it keeps its picture and asks for nothing', async () => {
    const { page, asked } = await visit(
      stage,
      stage.put('move.html', around(`<p id="a">${element(`${PATH} engine="local"`)}</p><p id="b"></p>`)),
    )
    await untilLocal(page)
    const before = asked.length
    const kept = await page.evaluate(async () => {
      const e = document.querySelector('latent-interpolation')!
      e.seek(0.5)
      document.querySelector('#b')!.append(e)
      await new Promise(resolve => setTimeout(resolve, 200))
      return [e.t, e.decoding]
    })
    expect(kept).toEqual([0.5, 'local'])
    expect(asked.length).toBe(before)
    await page.close()
  })
})

test('a model replaced between the picture and its card: both end up of one version', async () => {
  const { page, thrown } = await visit(stage, stage.put('replaced.html', around('')))
  const card = JSON.parse(await readFile(path.join(stage.folder, 'zoo', MODEL, 'card.json'), 'utf8')) as {
    version: string
  }
  const old = { ...card, version: createHash('sha256').update('old').digest('hex').slice(0, 12) }
  await page.route(`**/v1/models/${MODEL}`, route =>
    route.fulfill({ json: old, headers: { 'access-control-allow-origin': '*' } }),
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
  expect(thrown).toEqual([])
  await page.close()
})
