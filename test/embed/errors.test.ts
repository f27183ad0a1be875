import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ErrorDetail } from '../../web/embed/latent-interpolation.d.ts'
import {
  type EmbedSite,
  element,
  MODEL,
  type OpenedPage,
  openPage,
  PATH,
  pageWith,
  startEmbedSite,
  waitForLocalDecoding,
} from './embed-site.ts'

let site: EmbedSite
let errorPage: OpenedPage
beforeAll(async () => {
  site = await startEmbedSite()
  errorPage = await openPage(site, site.addPage('fail.html', pageWith('<div id="here"></div>')))
  await errorPage.page.waitForFunction(() => customElements.get('latent-interpolation'))
})
afterAll(() => site.stop())

/** Shows an element with an error. @returns the detail of its event, and the text of its fallback */
async function showInvalid(markup: string) {
  const { page, exceptions, console } = errorPage
  console.length = 0
  const detail = await page.evaluate(
    markup =>
      new Promise<ErrorDetail>(resolve => {
        const here = document.querySelector('#here')!
        const listen = (event: Event) => resolve((event as CustomEvent<ErrorDetail>).detail)
        here.addEventListener('error', listen, { capture: true, once: true })
        here.innerHTML = markup
      }),
    markup,
  )
  const shown = await page.locator('latent-interpolation').evaluate(e => ({
    picture: !e.shadowRoot!.querySelector<HTMLElement>('.stage')!.hidden,
    fallback: e.shadowRoot!.querySelector<HTMLElement>('.fallback')!.offsetHeight > 0,
  }))
  expect(shown).toEqual({ picture: false, fallback: true })
  const text = await page.locator('#here').innerText()
  const logged = console.filter(line => line.includes('<latent-interpolation>'))
  expect(logged).toEqual([`error <latent-interpolation> ${detail.attribute}: ${detail.message}`])
  expect(exceptions).toEqual([])
  return { detail, text }
}

test.each([
  ['model', 'invalid', 'model="" from="class:3" to="class:8"'],
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
])(
  'attribute %s with the code %s is named for <latent-interpolation %s>',
  async (attribute, code, attributes) => {
    const { detail } = await showInvalid(element(attributes))
    expect(detail).toMatchObject({ attribute, code })
    expect(detail.message).toMatch(/^expected .+, got .+/)
  },
)

test('a server that is no API shows the fallback slot; the element recovers when src is removed', async () => {
  const other = createServer((_, response) =>
    response.setHeader('access-control-allow-origin', '*').end('<p>hello'),
  )
  await new Promise<void>(resolve => other.listen(0, '127.0.0.1', resolve))
  const src = `http://127.0.0.1:${(other.address() as AddressInfo).port}`
  const { detail, text } = await showInvalid(
    element(`${PATH} src="${src}"`, '<b slot="fallback">Nothing today.</b>'),
  )
  expect(detail).toMatchObject({ attribute: 'src', code: 'broken' })
  expect(text.trim()).toBe('Nothing today.')
  const { page, exceptions } = await openPage(
    site,
    site.addPage('mend.html', pageWith(element(`${PATH} src="${src}" engine="local"`))),
  )
  await page.waitForFunction(
    () =>
      document.querySelector('latent-interpolation')?.shadowRoot?.querySelector<HTMLElement>('.stage')
        ?.hidden,
  )
  await page.evaluate(() => document.querySelector('latent-interpolation')?.removeAttribute('src'))
  await waitForLocalDecoding(page)
  expect(exceptions).toEqual([])
  await page.close()
  other.closeAllConnections()
  other.close()
})

test('a decoder whose shape contradicts its card is an error with engine=local, a warning with engine=auto', async () => {
  const { page, exceptions, console } = await openPage(
    site,
    site.addPage('shape.html', pageWith(element(PATH, 'Not here.'))),
  )
  const wrong = await readFile(path.join(site.zoo, 'wide-ae-z8/decoder.onnx'))
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
  expect(exceptions).toEqual([])
  await page.close()
})

test('a server that goes away does not stop local frames, and a change of model reports it', async () => {
  const { page, exceptions } = await openPage(
    site,
    site.addPage('gone.html', pageWith(element(`${PATH} engine="local"`))),
  )
  await waitForLocalDecoding(page)
  await page.route('**/v1/**', route => route.abort())
  await page.evaluate(() => document.querySelector('latent-interpolation')?.seek(0.4))
  await expect.poll(() => page.evaluate(() => document.querySelector('latent-interpolation')?.t)).toBe(0.4)
  const detail = await page.evaluate(
    () =>
      new Promise<ErrorDetail>(resolve => {
        const element = document.querySelector('latent-interpolation')!
        element.addEventListener('error', event => resolve(event.detail))
        element.to = 'class:1'
      }),
  )
  expect(detail).toMatchObject({ attribute: 'src', code: 'unreachable' })
  expect(exceptions).toEqual([])
  await page.close()
})

test('invalid arguments of methods and properties throw nothing', async () => {
  const { page, exceptions } = await openPage(
    site,
    site.addPage('nonsense.html', pageWith(element(`${PATH} engine="local"`))),
  )
  await page.waitForFunction(() => customElements.get('latent-interpolation'))
  const early = await page.evaluate(() => document.createElement('latent-interpolation').toBlob())
  expect(early).toBeNull()
  await waitForLocalDecoding(page)
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
  expect(exceptions).toEqual([])
  await page.close()
})
