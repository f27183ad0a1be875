import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { FOLDERS } from '../../edge/node/build.ts'
import { decodeTrained, levelsApart, readCanvas, type Site, TRAINED } from './site.ts'
import { openTrainPage } from './train-page.ts'

/** Models that a visitor imports: with a card or without, whole or a decoder alone. */
export function trainModelsSuite(site: () => Site, browser: () => Browser): void {
  describe('an imported model', () => {
    let folder: string
    beforeAll(async () => {
      folder = await mkdtemp(path.join(tmpdir(), 'latent-edge-imported-'))
    })
    afterAll(() => rm(folder, { recursive: true, force: true }))

    const shipped = (name: string) => path.join(FOLDERS.zoo, TRAINED, name)
    const write = async (name: string, bytes: string) => {
      const file = path.join(folder, name)
      await writeFile(file, bytes)
      return file
    }
    const input = (page: Page) => page.locator('input[type=file][accept*=".onnx"]')
    const open = () => openTrainPage(site(), browser())
    const explore = async (page: Page) => {
      await page.locator('.train-runs').getByRole('button', { name: 'Explore', exact: true }).click()
      await page.waitForURL(/model=tab-/)
      await page.locator('.decoded canvas').waitFor()
    }

    test('a model from the files of its folder is explored, renamed and deleted', async () => {
      const { page, close } = await open()
      const names = ['card.json', 'decoder.onnx', 'encoder.onnx', 'latents.safetensors']
      await input(page).setInputFiles(names.map(shipped))
      const name = page.getByLabel('Name of the model')
      await expect.poll(() => name.inputValue()).toBe('MNIST, VAE, two numbers, two layers (imported)')
      await name.fill('My digits')
      await name.press('Enter')
      // It is there once the browser has kept the name.
      await page.getByRole('button', { name: 'Delete My digits' }).waitFor()
      await page.reload()
      await expect.poll(() => page.getByLabel('Name of the model').inputValue()).toBe('My digits')
      await explore(page)
      await page.goBack()
      await page.getByRole('button', { name: 'Delete My digits' }).click()
      await expect.poll(() => page.getByLabel('Name of the model').count()).toBe(0)
      await page.reload()
      await page.getByText('Import a model…').waitFor()
      expect(await page.getByLabel('Name of the model').count()).toBe(0)
      await close()
    })

    test('a model without a card shows test images where its encoder puts them, and decodes as in onnxruntime-node', async () => {
      const { page, faults, close } = await open()
      await input(page).setInputFiles([shipped('decoder.onnx'), shipped('encoder.onnx')])
      await explore(page)
      const url = new URL(page.url())
      url.searchParams.set('z', '0.5,-1')
      await page.goto(url.href)
      await page.locator('.decoded canvas').waitFor()
      const expected = await decodeTrained([0.5, -1])
      await expect
        .poll(async () => levelsApart(await readCanvas(page, '.decoded canvas'), expected))
        .toBeLessThan(1.5)
      for (const view of ['Sample', 'Interpolate', 'Reconstruct']) {
        await page.getByRole('link', { name: view, exact: true }).click()
        await page.locator('main canvas').first().waitFor()
      }
      expect(faults).toEqual([])
      await close()
    })

    test('a decoder alone decodes and samples', async () => {
      const { page, faults, close } = await open()
      await input(page).setInputFiles([shipped('decoder.onnx')])
      await explore(page)
      await page.getByRole('link', { name: 'Sample', exact: true }).click()
      await page.locator('.sheet canvas').first().waitFor()
      expect(faults).toEqual([])
      await close()
    })

    test('a model that cannot be read is refused beside the list, with the reason', async () => {
      const { page, close } = await open()
      await input(page).setInputFiles([await write('decoder.onnx', 'not a model')])
      await page
        .getByRole('alert')
        .filter({ hasText: 'decoder.onnx is damaged or is not an ONNX file' })
        .waitFor()
      await close()
    })
  })
}
