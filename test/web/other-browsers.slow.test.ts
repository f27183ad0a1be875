import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { OTHER_BROWSERS, waitUntil } from '../support/other-browser.ts'
import type { OtherPage } from '../support/other-page.ts'
import { encodePhotograph, PHOTOGRAPHS } from '../support/photographs.ts'
import { nativeLosses } from './native-losses.ts'
import { CONDITIONAL, decodeTrained, PLAIN, type Site, startSite, TRAINED } from './site.ts'

/** A query for each view, and what is there once it is drawn. */
const VIEWS = [
  ['explore', `?model=${TRAINED}&z=0.5,-1`, '.decoded canvas'],
  ['sample', `?view=sample&model=${TRAINED}&n=4&seed=7`, '.sheet canvas'],
  ['styles', `?view=styles&model=${CONDITIONAL}`, 'canvas.written'],
  ['interpolate', `?view=interpolate&model=${TRAINED}&t=0.5`, 'canvas.strip'],
  ['reconstruct', `?view=reconstruct&model=${TRAINED}&among=${TRAINED}&x=test:18`, '.reader .images canvas'],
  ['compare', `?view=compare&model=${TRAINED}&other=${PLAIN}`, '.side-images canvas'],
  ['train', '?view=train', '.train-intro'],
  ['paper', `?view=paper&model=${TRAINED}`, '.chart canvas'],
] as const

/** Whether a canvas has been drawn on, or another element is there. */
const drawn = (selector: string) => `(() => {
  const canvas = document.querySelector(${JSON.stringify(selector)})
  if (!canvas || canvas.width === 0) return false
  if (!canvas.getContext) return true
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
  return data.some((value, i) => i % 4 === 3 && value > 0)
})()`

/** Grey levels of the page's ink that a canvas shows; the page is light. */
const levels = (selector: string) => `(() => {
  const canvas = document.querySelector(${JSON.stringify(selector)})
  const style = getComputedStyle(document.documentElement)
  const red = name => parseInt(style.getPropertyValue(name).trim().slice(1, 3), 16)
  const [paper, ink] = [red('--tile'), red('--ink')]
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height)
  return Array.from({ length: data.length / 4 }, (_, i) => ((data[i * 4] - paper) / (ink - paper)) * 255)
})()`

let site: Site
beforeAll(async () => {
  if (OTHER_BROWSERS.some(({ missing }) => !missing)) site = await startSite()
})
afterAll(() => site?.stop())

for (const { name, missing, launch } of OTHER_BROWSERS) {
  describe.skipIf(missing)(`the page in ${name}${missing ? ` (skipped: ${missing})` : ''}`, () => {
    let page: OtherPage
    beforeAll(async () => {
      page = await launch()
      await page.resize(1200, 900)
    })
    afterAll(() => page?.close())

    test.each(VIEWS)(
      'the view %s is drawn without a message and without scrolling sideways',
      async (_, query, selector) => {
        // On a slow machine the automatic choice of an engine would change and say so.
        await page.goto(`${site.url}/${query}&engine=plain`)
        await waitUntil(page, drawn(selector))
        expect(
          await page.evaluate('[...document.querySelectorAll(".message")].map(one => one.innerText)'),
        ).toEqual([])
        expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true)
      },
    )

    test('a decoded image is that of onnxruntime-node', async () => {
      await page.goto(`${site.url}/?model=${TRAINED}&z=0.5,-1`)
      await waitUntil(page, drawn('.decoded canvas'))
      const shown = await page.evaluate<number[]>(levels('.decoded canvas'))
      const expected = await decodeTrained([0.5, -1])
      const apart = shown.reduce((worst, level, i) => Math.max(worst, Math.abs(level - expected[i] * 255)), 0)
      expect(apart).toBeLessThan(1.5)
    })

    test('a dropped photograph of a digit is read in steps and encoded', async () => {
      const png = [...encodePhotograph(PHOTOGRAPHS[3])]
      await page.goto(`${site.url}/?view=reconstruct&model=${TRAINED}&among=${TRAINED}`)
      await waitUntil(page, drawn('.reader .images canvas'))
      await page.evaluate(`(() => {
        const data = new DataTransfer()
        data.items.add(new File([new Uint8Array(${JSON.stringify(png)})], 'three.png', { type: 'image/png' }))
        const event = new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: data })
        document.body.dispatchEvent(event)
      })()`)
      await waitUntil(page, '/x=ink:/.test(location.search)')
      expect(await page.evaluate('document.querySelectorAll(".reading-steps li").length')).toBe(6)
      // The digit, centred: light on black in most of its 20 rows, and dark ink on the page.
      const shown = await page.evaluate<number[]>(levels('.original canvas'))
      const rows = new Set(shown.flatMap((level, i) => (level > 128 ? [Math.floor(i / 28)] : [])))
      expect(rows.size).toBeGreaterThan(14)
    })

    test('a view whose script cannot be fetched opens after Reload, with the same state', async () => {
      const before = await site.another()
      await page.goto(`${before.url}/?model=${TRAINED}&z=0.5,-1`)
      await waitUntil(page, drawn('.decoded canvas'))
      await before.stop()
      await page.evaluate('document.querySelector(\'nav a[href*="view=sample"]\').click()')
      await waitUntil(page, 'document.querySelector("[role=alert] button")')
      const after = await site.another(Number(new URL(before.url).port))
      await page.evaluate('document.querySelector("[role=alert] button").click()')
      await waitUntil(page, drawn('.sheet canvas'))
      expect(await page.evaluate('location.search')).toContain(`view=sample&model=${TRAINED}`)
      await after.stop()
    })

    test('an address whose API cannot be read opens with a message', async () => {
      await page.goto(`${site.url}/?api=javascript:alert(1)&model=${TRAINED}`)
      await waitUntil(page, drawn('.decoded canvas'))
      const message = await page.evaluate<string>('document.querySelector(".message").innerText')
      expect(message).toContain('api=javascript:alert(1)')
    })

    test('training takes the steps that Chromium and Node take: the same losses, and a plane of points', async () => {
      const recipe = encodeURIComponent('n:1000;widths:32;epochs:2;batch:50')
      await page.goto(`${site.url}/?view=train&recipe=${recipe}`)
      await waitUntil(page, 'document.querySelector(".train-bar .primary:enabled")')
      await page.evaluate('document.querySelector(".train-bar .primary").click()')
      await waitUntil(page, '/Done\\./.test(document.querySelector(".train-status").innerText)', 120_000)
      const losses = await page.evaluate<string>('document.querySelector(".train-figures").dataset.losses')
      const expected = await nativeLosses('n:1000;widths:32;epochs:2;batch:50')
      const apart = losses.split(' ').map((loss, i) => Math.abs(Number(loss) / expected[i] - 1))
      expect(apart).toHaveLength(expected.length)
      expect(Math.max(...apart)).toBeLessThan(1e-4)
      expect(await page.evaluate(drawn('.train-plane canvas'))).toBe(true)
    })

    test('dragging the ring moves the point, and the time of a decode is not 0', async () => {
      await page.goto(`${site.url}/?model=${TRAINED}&z=0,0&engine=plain`)
      await waitUntil(page, drawn('.decoded canvas'))
      const [x, y] = await page.evaluate<[number, number]>(`(() => {
        document.querySelector('.plane').scrollIntoView({ block: 'center' })
        const box = document.querySelector('.plane').getBoundingClientRect()
        return [Math.round(box.x + box.width / 2), Math.round(box.y + box.height / 2)]
      })()`)
      const path = Array.from({ length: 12 }, (_, i) => [x + 8 * i, y - 4 * i] as const)
      await page.drag(path, 16)
      await waitUntil(page, '!/z=0,0/.test(location.search)')
      await waitUntil(page, '/ ms/.test(document.querySelector(".engine-time").innerText)')
      const time = await page.evaluate<string>('document.querySelector(".engine-time").innerText')
      expect(time).toMatch(/under 0\.1 ms|[1-9]/)
    })
  })
}
