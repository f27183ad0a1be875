import { execFile, spawnSync } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type EmbedSite, openPage, startEmbedSite } from './embed-site.ts'

/*
 * The first screen of /docs. The tests copy its snippets from the served page, as a reader would, and paste them into a
 * page of another origin or run them with Python.
 */

let site: EmbedSite
let snippets: Record<string, string>
beforeAll(async () => {
  site = await startEmbedSite()
  const { page } = await openPage(site, `${site.home}/docs`)
  const shown = await page
    .locator('.starts figure')
    .evaluateAll(figures =>
      figures.map(figure => [
        figure.querySelector('figcaption')?.textContent ?? '',
        figure.querySelector('pre')?.innerText ?? '',
      ]),
    )
  snippets = Object.fromEntries(shown)
  await page.close()
})
afterAll(() => site.stop())

/** Opens a page of another origin with this body. */
const paste = (name: string, body: string) =>
  openPage(
    site,
    site.addPage(name, `<!doctype html><html lang="en"><title>Pasted</title><body>${body}</body></html>`),
  )

test('the documentation begins with a picture, the element, JavaScript and Python', () => {
  expect(Object.keys(snippets)).toEqual([
    'A picture on a page',
    'One image turning into another',
    'JavaScript',
    'Python',
  ])
})

test('the <img> of the documentation shows sixteen images when pasted', async () => {
  const { page } = await paste('picture.html', snippets['A picture on a page'])
  const image = page.locator('img')
  await page.waitForFunction(() => document.querySelector('img')?.complete)
  const size = await image.evaluate((img: HTMLImageElement) => [img.naturalWidth, img.naturalHeight])
  expect(size).toEqual([4 * 28 * 3, 4 * 28 * 3])
  await page.close()
})

test('the element of the documentation shows frames when pasted', async () => {
  const { page, exceptions } = await paste('element.html', snippets['One image turning into another'])
  await page.locator('latent-interpolation canvas').waitFor()
  await page.waitForFunction(() => document.querySelector('latent-interpolation')?.decoding !== undefined)
  const levels = await page.locator('latent-interpolation').evaluate(element => {
    const canvas = element.shadowRoot?.querySelector('canvas') as HTMLCanvasElement
    const context = canvas.getContext('2d') as CanvasRenderingContext2D
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height)
    return new Set(data.filter((_, i) => i % 4 === 0)).size
  })
  expect(levels).toBeGreaterThan(10)
  expect(exceptions).toEqual([])
  await page.close()
})

test('the JavaScript of the documentation prints a latent and pixels when pasted into a page', async () => {
  const { page, exceptions, console } = await paste(
    'script.html',
    `<script type="module">${snippets.JavaScript}</script>`,
  )
  await expect.poll(() => console).toHaveLength(1)
  expect(console[0]).toMatch(/^log latent .*pixels 784 height and width/)
  expect(exceptions).toEqual([])
  await page.close()
})

const hasNumPy = spawnSync('python3', ['-c', 'import numpy']).status === 0

test.skipIf(!hasNumPy)(
  'the Python of the documentation prints the shape of a hundred images (needs python3 with NumPy)',
  async () => {
    const { stdout } = await promisify(execFile)('python3', ['-c', snippets.Python])
    const [, shape, least, most] = /^(\(.*\)) (\S+) (\S+)\n$/.exec(stdout) ?? []
    expect(shape).toBe('(100, 28, 28)')
    expect(Number(least)).toBeGreaterThanOrEqual(0)
    expect(Number(most)).toBeGreaterThan(0.5)
  },
)
