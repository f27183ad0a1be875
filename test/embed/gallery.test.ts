import axe from 'axe-core'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type {} from '../../web/embed/latent-interpolation.d.ts'
import { type EmbedSite, MODEL, startEmbedSite } from './embed-site.ts'

let site: EmbedSite
let browser: Browser
let home: string
beforeAll(async () => {
  site = await startEmbedSite(true)
  ;({ browser, home } = site)
})
afterAll(() => site.stop())

test('GET /embed/latent-interpolation.d.ts sends the types as text', async () => {
  const response = await fetch(`${home}/embed/latent-interpolation.d.ts`)
  expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8')
  expect(await response.text()).toContain("'latent-interpolation': LatentInterpolation")
})

test('the gallery shows its examples, and the code of its playground gives the element shown', async () => {
  const context = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'] })
  const page = await context.newPage()
  const exceptions: string[] = []
  page.on('pageerror', error => exceptions.push(String(error)))
  await page.goto(`${home}/embed/`)
  await page.locator('#examples latent-interpolation').first().waitFor()
  await waitForFrames(page)
  expect(await page.locator('#examples article').count()).toBe(8)
  await page.evaluate(axe.source)
  const found = await page.evaluate(async () => {
    const { violations } = await (globalThis as unknown as { axe: typeof axe }).axe.run(document)
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(node => node.html).join(' ')}`)
  })
  expect(found).toEqual([])
  const playground = page.locator('.playground')
  await playground.getByLabel('from', { exact: true }).fill('class:4')
  await playground.getByLabel('to', { exact: true }).fill('seed:9')
  await playground.getByLabel('steps').fill('9')
  await playground.getByLabel('steps').blur()
  await playground.getByLabel('path').selectOption('slerp')
  await playground.getByLabel('loop').check()
  await playground.getByRole('button', { name: 'Copy' }).click()
  const code = await page.evaluate(() => navigator.clipboard.readText())
  expect(code).toBe(
    `<script type="module" src="${home}/embed/latent-interpolation.js"></script>\n` +
      `<latent-interpolation\n  model="${MODEL}"\n  from="class:4"\n  to="seed:9"\n  controls\n  steps="9"\n  path="slerp"\n  loop\n></latent-interpolation>`,
  )
  const copy = await context.newPage()
  await copy.setContent(code)
  await waitForFrames(copy)
  const shown = (of: Page, where: string) =>
    of
      .locator(where)
      .evaluate(e =>
        [...(e as HTMLElementTagNameMap['latent-interpolation']).attributes]
          .map(a => `${a.name}=${a.value}`)
          .sort(),
      )
  expect(await shown(copy, 'latent-interpolation')).toEqual(
    await shown(page, '.playground latent-interpolation'),
  )
  await playground.getByLabel('steps').fill('0')
  await playground.getByLabel('steps').blur()
  await expect
    .poll(() => playground.getByRole('alert').innerText())
    .toContain('steps: expected an integer from 2 to 128')
  for (const way of ['iframe', 'img', 'React', 'Vue', 'Svelte']) {
    await playground.getByRole('button', { name: way, exact: true }).click()
    expect(await playground.locator('pre').innerText()).toContain(
      way === 'img' ? 'format=apng' : way === 'iframe' ? '/embed?' : '<latent-interpolation',
    )
  }
  await playground.getByLabel('steps').fill('9')
  await playground.getByLabel('steps').blur()
  expect(await playground.getByLabel('hand').count()).toBe(0)
  await playground.getByLabel('text', { exact: true }).fill('26')
  await playground.getByLabel('text', { exact: true }).blur()
  await playground.getByLabel('hand').fill('seed:3')
  await playground.getByLabel('hand').blur()
  await playground.getByRole('button', { name: 'img', exact: true }).click()
  expect(await playground.locator('pre').innerText()).toContain('write?text=26&amp;style=seed:3')
  await playground.getByLabel('hand').fill('neat')
  await playground.getByLabel('hand').blur()
  await expect.poll(() => playground.getByRole('alert').innerText()).toContain('hand: expected seed:')
  await playground.getByLabel('hand').fill('')
  await playground.getByLabel('hand').blur()
  await expect.poll(() => playground.getByLabel('hand').inputValue()).toBe('seed:7')
  expect(exceptions).toEqual([])
  await context.close()
})

/** Waits until an element has frames. */
async function waitForFrames(page: Page): Promise<void> {
  await page.waitForFunction(() =>
    [...document.querySelectorAll('latent-interpolation')].some(e => e.decoding),
  )
}
