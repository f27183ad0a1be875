import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchBrowser } from '../support/browser.ts'
import { type Site, startSite } from './site.ts'
import { openTrainPage } from './train-page.ts'

let site: Site
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'latent-edge-photos-'))
  site = await startSite()
}, 300_000)
afterAll(async () => {
  await site?.stop()
  await rm(folder, { recursive: true, force: true })
})

/** A JPEG photograph of 640 × 480 pixels: a disc or a bar of some colour on another, with noise. */
async function photograph(kind: 'disc' | 'bar', k: number): Promise<Buffer> {
  const x = 120 + ((k * 37) % 400)
  const y = 100 + ((k * 53) % 280)
  const shape =
    kind === 'disc'
      ? `<circle cx="${x}" cy="${y}" r="${60 + (k % 60)}" fill="hsl(${k % 360} 70% 75%)"/>`
      : `<rect x="0" y="${y}" width="640" height="${40 + (k % 50)}" fill="hsl(${(k * 7) % 360} 60% 70%)"/>`
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="640" height="480"><rect width="640" height="480" fill="hsl(${(k * 11) % 360} 40% 25%)"/>${shape}</svg>`
  return sharp(Buffer.from(svg)).jpeg({ quality: 85 }).toBuffer()
}

test('2,000 photographs in two folders, one of them damaged, are read as two classes and trained on', async () => {
  for (const kind of ['disc', 'bar'] as const) {
    await mkdir(path.join(folder, kind))
    for (let k = 0; k < 1000; k++) {
      const bytes = await photograph(kind, k)
      await writeFile(
        path.join(folder, kind, `${k}.jpg`),
        k === 7 && kind === 'bar' ? bytes.subarray(0, 300) : bytes,
      )
    }
  }
  const browser = await launchBrowser()
  try {
    const { page, press, status, faults } = await openTrainPage(
      site,
      browser,
      'data:own;widths:64;epochs:2;batch:50',
    )
    await page.locator('input[webkitdirectory]').setInputFiles(folder)
    await page.getByText('1999 images, 2 classes: bar, disc.').waitFor({ timeout: 600_000 })
    await page.getByText('1 file was left out').click()
    await page.getByText('bar/7.jpg: it is damaged').waitFor()
    await press('Start')
    await status(/Done\. 2 of 2/)
    expect(faults).toEqual([])
  } finally {
    await browser.close()
  }
}, 1_200_000)
