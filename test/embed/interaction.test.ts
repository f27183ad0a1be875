import { readFile } from 'node:fs/promises'
import path from 'node:path'
import axe from 'axe-core'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ROOT } from '../../edge/node/build.ts'
import type { ChangeDetail, LatentInterpolation } from '../../web/embed/latent-interpolation.d.ts'
import { bundleExample } from './bundle-example.ts'
import {
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

const CORNERS = `model="${MODEL}" corners="class:0;class:1;class:7;class:9"`

/** The first element's position. */
const positionOf = (page: Page) =>
  page.evaluate(() => {
    const { t, u } = document.querySelector('latent-interpolation')!
    return [t, u]
  })

/** Opens a page with one element and waits for its first frames. */
async function show(attributes: string, options: Parameters<typeof openPage>[2] = {}) {
  const seen = await openPage(site, site.addPage('use.html', pageWith(element(attributes))), options)
  await seen.page.waitForFunction(() => document.querySelector('latent-interpolation')?.decoding)
  return seen
}

describe('keys and pointer', () => {
  test('a path is one slider, whose value text names the ends', async () => {
    const { page } = await show(`${PATH} steps="5"`)
    const slider = page.getByRole('slider', { name: 'From 3 to 8' })
    const press = async (key: string) => {
      await slider.press(key)
      await expect.poll(async () => Number(await slider.inputValue())).toBe((await positionOf(page))[0] * 100)
      return (await positionOf(page))[0]
    }
    expect(await slider.getAttribute('aria-valuetext')).toBe('3')
    expect(await press('ArrowRight')).toBe(0.25)
    expect(await slider.getAttribute('aria-valuetext')).toBe('25 percent from 3 to 8')
    expect(await press('ArrowUp')).toBe(0.5)
    expect(await press('ArrowLeft')).toBe(0.25)
    expect(await press('End')).toBe(1)
    expect(await slider.getAttribute('aria-valuetext')).toBe('8')
    expect(await press('PageDown')).toBe(0.75)
    expect(await press('Home')).toBe(0)
    expect(await press('ArrowDown')).toBe(0)
    await page.close()
  })

  test('a square is two sliders, and each arrow key moves in its own direction', async () => {
    const { page } = await show(`${CORNERS} steps="5"`)
    const across = page.getByRole('slider', { name: 'Across, from 0 to 1' })
    const down = page.getByRole('slider', { name: 'Down, from 0 to 9' })
    await across.press('ArrowRight')
    await across.press('ArrowDown')
    await expect.poll(() => positionOf(page)).toEqual([0.25, 0.25])
    // The focus follows the direction, so that the value that changed is announced.
    expect(await down.evaluate(e => e.matches(':focus'))).toBe(true)
    await down.press('End')
    await down.press('ArrowUp')
    await down.press('ArrowRight')
    await expect.poll(() => positionOf(page)).toEqual([0.5, 0.75])
    expect(await down.getAttribute('aria-valuetext')).toBe('75 percent from 0 to 9')
    await page.close()
  })

  test('dragging with the mouse moves along a path and stops playback', async () => {
    const { page } = await show(`${PATH} engine="local" autoplay loop`)
    await waitForLocalDecoding(page)
    const box = (await page.locator('latent-interpolation').boundingBox())!
    await page.evaluate(() => {
      const changes: ChangeDetail[] = []
      Object.assign(window, { changes })
      document.addEventListener('change', event => changes.push((event as CustomEvent<ChangeDetail>).detail))
    })
    await page.mouse.move(box.x + box.width * 0.25, box.y + 50)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width * 0.75, box.y + 60, { steps: 4 })
    await page.mouse.up()
    await expect.poll(() => positionOf(page)).toEqual([0.75, 0])
    expect(await page.evaluate(() => document.querySelector('latent-interpolation')?.playing)).toBe(false)
    await page.mouse.move(box.x + 5, box.y + 5)
    const { last, from, to } = await page.evaluate(async () => {
      const { changes } = window as unknown as { changes: ChangeDetail[] }
      const card = await (
        await fetch(
          `${(document.querySelector('script') as HTMLScriptElement).src.split('/embed')[0]}/v1/models/mnist-vae-l2-z2`,
        )
      ).json()
      const last = changes[changes.length - 1]
      return {
        last: { ...last, z: [...last.z] },
        from: card.latent.classes[3].mean,
        to: card.latent.classes[8].mean,
      }
    })
    expect(last.t).toBe(0.75)
    for (const [k, value] of last.z.entries()) expect(value).toBeCloseTo(0.25 * from[k] + 0.75 * to[k], 5)
    await page.close()
  })

  test('a touch drags across a path, and may still scroll the page', async () => {
    const { page } = await show(PATH, { hasTouch: true, viewport: { width: 390, height: 700 } })
    const stage = page.locator('latent-interpolation .stage')
    const box = (await stage.boundingBox())!
    expect(await stage.evaluate(e => getComputedStyle(e).touchAction)).toBe('pan-y pinch-zoom')
    await page.touchscreen.tap(box.x + box.width * 0.5, box.y + 40)
    await expect.poll(() => positionOf(page)).toEqual([0.5, 0])
    const devtools = await page.context().newCDPSession(page)
    const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', x: number, y: number) =>
      devtools.send('Input.dispatchTouchEvent', { type, touchPoints: type === 'touchEnd' ? [] : [{ x, y }] })
    await touch('touchStart', box.x + 20, box.y + 60)
    for (let x = 20; x <= 168; x += 37) await touch('touchMove', box.x + x, box.y + 60)
    await touch('touchEnd', 0, 0)
    await expect.poll(async () => (await positionOf(page))[0]).toBeCloseTo(0.75, 1)
    await page.close()
  })
})

describe('preferences of the reader and the page', () => {
  test('reduced motion stops autoplay but not the button', async () => {
    const { page } = await show(`${PATH} engine="local" autoplay loop controls`, { reducedMotion: 'reduce' })
    await waitForLocalDecoding(page)
    await page.waitForTimeout(300)
    expect(await positionOf(page)).toEqual([0, 0])
    await page.getByRole('button', { name: 'Play' }).click()
    await expect.poll(async () => (await positionOf(page))[0]).toBeGreaterThan(0)
    await page.close()
  })

  test('the theme follows the page, and a hidden page stops playback', async () => {
    const { page } = await show(`${PATH} engine="local" autoplay loop`, { colorScheme: 'dark' })
    const dark = () =>
      page.evaluate(
        () => document.querySelector('latent-interpolation')?.shadowRoot?.querySelector('.dark') !== null,
      )
    expect(await dark()).toBe(false)
    await page.evaluate(() =>
      document.body.setAttribute('style', 'color: oklch(0.95 0 0); background: black'),
    )
    await expect.poll(dark).toBe(true)
    await page.evaluate(() => document.querySelector('latent-interpolation')?.setAttribute('theme', 'light'))
    await expect.poll(dark).toBe(false)
    await expect.poll(async () => (await positionOf(page))[0]).toBeGreaterThan(0)
    await page.evaluate(() => {
      Object.defineProperty(document, 'hidden', { value: true, configurable: true })
      document.dispatchEvent(new Event('visibilitychange'))
    })
    await page.waitForTimeout(100)
    const before = await positionOf(page)
    await page.waitForTimeout(300)
    expect(await positionOf(page)).toEqual(before)
    await page.close()
  })

  test.each(['light', 'dark'] as const)('axe finds no violation on a %s page', async colorScheme => {
    const { page } = await openPage(site, `${site.host}/plain.html`, { colorScheme })
    await page.waitForFunction(() =>
      [...document.querySelectorAll('latent-interpolation')].every(e => e.decoding),
    )
    await page.evaluate(axe.source)
    const found = await page.evaluate(async () => {
      const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run(document)
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map(node => node.html).join(' ')}`)
    })
    expect(found).toEqual([])
    await page.close()
  })
})

describe('the framework examples', () => {
  const pages = {
    'plain HTML': async () =>
      (await readFile(path.join(ROOT, 'web/embed/frameworks/plain.html'), 'utf8')).replace(
        'https://HOST',
        'HOME',
      ),
    React: async () => mount(await bundleExample('React', site.home)),
    Vue: async () => pageWith(mountPoint(await bundleExample('Vue', site.home))),
    Svelte: async () => mount(await bundleExample('Svelte', site.home)),
  }
  const mountPoint = (code: string) =>
    `<div id="app"></div><script type="module">${code.replaceAll('</script', '<\\/script')}</script>`
  const mount = (code: string) =>
    `<!doctype html><html lang="en"><title>Host</title><body>${mountPoint(code)}</body></html>`

  test.each(Object.keys(pages) as (keyof typeof pages)[])(
    'the %s example seeks, reports changes and unmounts',
    async name => {
      const { page, exceptions, console } = await openPage(
        site,
        site.addPage('example.html', await pages[name]()),
      )
      await page.waitForFunction(() => document.querySelector('latent-interpolation')?.decoding)
      await page.getByRole('button', { name: 'To the middle' }).click()
      await expect.poll(() => page.locator('#place').innerText()).toBe('0.50')
      expect(await page.getByText('A three becomes an eight.').isVisible()).toBe(true)
      await page.selectOption('#to', 'class:5')
      await expect.poll(() => page.getByRole('slider').getAttribute('aria-label')).toBe('From 3 to 5')
      expect(await page.evaluate(() => document.querySelector('latent-interpolation')?.controls)).toBe(true)
      await page.evaluate(() => (window as { leave?(): void }).leave?.())
      if (name !== 'plain HTML') expect(await page.locator('latent-interpolation').count()).toBe(0)
      expect(exceptions).toEqual([])
      expect(console.filter(line => !line.includes('favicon'))).toEqual([])
      await page.close()
    },
  )
})

test('seek on the second of two elements of one model sends change', async () => {
  const { page } = await openPage(
    site,
    site.addPage('second.html', pageWith(element(PATH) + element(`${PATH} id="second"`))),
  )
  await page.waitForFunction(() =>
    [...document.querySelectorAll('latent-interpolation')].every(node => node.decoding),
  )
  await page.evaluate(() => document.querySelector('latent-interpolation')?.seek(0.25))
  await waitForLocalDecoding(page)
  const change = await page.evaluate(() => {
    const second = document.querySelector<LatentInterpolation>('#second')!
    return new Promise(resolve => {
      second.addEventListener('change', event => resolve(event.detail.t))
      second.seek(0.5)
    })
  })
  expect(change).toBe(0.5)
  await page.close()
})
