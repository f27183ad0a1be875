import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { encode } from 'fast-png'
import { unzipSync } from 'fflate'
import * as ort from 'onnxruntime-node'
import type { Browser, Page } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { Card } from '../../models/card.ts'
import { parseCard } from '../../models/registry/version.ts'
import { loadDataset } from '../../train/data/load-dataset.ts'
import { openOnnxEngine } from '../../train/engines/onnx-engine.ts'
import { fold } from '../../train/step/folds.ts'
import { initialState } from '../../train/step/state.ts'
import { takeEpoch } from '../../train/step/take-epoch.ts'
import { configurationOf, parseRecipe } from '../../web/train/recipe.ts'
import { openPage, type Site } from './site.ts'

const RECIPE = 'n:1000;widths:32;epochs:2;batch:50'

/** Training in the page: the same steps as on Node, kept over a reload, exported as a model that servers take. */
export function describeTrain(site: () => Site, browser: () => Browser): void {
  describe('the Train view', () => {
    const open = async (recipe = RECIPE) => {
      const opened = await openPage(browser())
      await opened.page.goto(`${site().url}/?view=train&recipe=${encodeURIComponent(recipe)}`)
      return opened
    }
    const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click()
    const status = (page: Page, text: RegExp) =>
      page.locator('.train-status').filter({ hasText: text }).waitFor({ timeout: 90_000 })
    const lossesOf = async (page: Page) =>
      (await page.locator('.train-figures').getAttribute('data-losses'))!.split(' ').map(Number)
    const weightsOf = async (page: Page) => {
      await press(page, 'Export as ONNX')
      return page.locator('.train-weights').textContent({ timeout: 60_000 })
    }

    test('the Train view takes the steps of native training: the same losses within 1e-4', async () => {
      const { page, faults, close } = await open()
      await press(page, 'Start')
      await status(page, /Done\./)
      const losses = await lossesOf(page)
      const expected = await nativeLosses()
      expect(losses).toHaveLength(36)
      losses.forEach((loss, i) => {
        expect(Math.abs(loss / expected[i] - 1), `step ${i}: ${loss}, native ${expected[i]}`).toBeLessThan(
          1e-4,
        )
      })
      expect(faults).toEqual([])
      await close()
    })

    test('a training ends with the same bits after a reload between epochs as without one', async () => {
      const whole = await open()
      await press(whole.page, 'Start')
      await status(whole.page, /Done\./)
      const expected = await weightsOf(whole.page)
      await whole.close()

      const { page, close } = await open()
      await press(page, 'One epoch')
      await status(page, /Paused\. 1 of 2/)
      await page.reload()
      await press(page, 'Go on')
      await status(page, /Paused\. 1 of 2/)
      await press(page, 'Continue')
      await status(page, /Done\./)
      expect(await weightsOf(page)).toBe(expected)
      await close()
    })

    test('the Train view exports a zip whose files a server takes: card, hashes, and figures of onnxruntime-node', async () => {
      const { page, close } = await open()
      await press(page, 'Start')
      await status(page, /Done\./)
      await press(page, 'Export as ONNX')
      const [download] = await Promise.all([page.waitForEvent('download'), press(page, 'Download zip')])
      const files = unzipSync(new Uint8Array(await readFile(await download.path())))
      const id = 'mnist-vae-w32-z2'
      const card = parseCard(files[`${id}/card.json`], 'card.json')
      expect(Card.parse(card).id).toBe(id)
      const session = await ort.InferenceSession.create(files[`${id}/decoder.onnx`])
      const golden = card.golden!
      const { xhat } = await session.run({
        z: new ort.Tensor('float32', Float32Array.from(golden.z), [1, 2]),
      })
      const furthest = golden.xhat.reduce(
        (most, v, i) => Math.max(most, Math.abs(v - Number(xhat.data[i]))),
        0,
      )
      expect(furthest).toBeLessThan(golden.tolerance)

      await press(page, 'Explore it')
      await page.waitForURL(url => url.searchParams.get('model') === `tab-${card.version}`)
      await page.locator('.decoded canvas').waitFor()
      await page.reload()
      await page.locator('.summary').filter({ hasText: id }).waitFor()
      expect(await page.locator('select.models option:checked').textContent()).toContain('MNIST digits')
      await close()
    })

    test('the Train view reads a visitor’s own images, names the files left out, and trains on the rest', async () => {
      const folder = await mkdtemp(path.join(tmpdir(), 'latent-edge-own-'))
      try {
        const { page, faults, close } = await open('data:own;widths:16;epochs:1;batch:5')
        const input = page.locator('input[type=file][accept="image/*"]')
        const data = Uint8Array.from({ length: 40 * 30 }, (_, i) => (i * 7) % 256)
        const png = encode({ width: 40, height: 30, data, channels: 1, depth: 8 })
        const paths: string[] = []
        for (let i = 0; i < 12; i++) {
          const file = path.join(folder, `${i}.png`)
          await writeFile(file, i === 5 ? png.subarray(0, 40) : png)
          paths.push(file)
        }
        await input.setInputFiles(paths.slice(0, 3))
        await page.getByText('At least 10 images are needed').waitFor()
        await input.setInputFiles(paths)
        await page.getByText('11 images, no classes. 9 to train on, 2 held out.').waitFor()
        await page.getByText('1 file was left out').waitFor()
        await press(page, 'Start')
        await status(page, /Done\. 1 of 1/)
        expect(faults).toEqual([])
        await close()
      } finally {
        await rm(folder, { recursive: true, force: true })
      }
    })
  })
}

/** The losses of the recipe's first steps in onnxruntime-node. */
async function nativeLosses(): Promise<number[]> {
  const recipe = parseRecipe(RECIPE)
  const { train, height, width } = await loadDataset('mnist')
  const images = { count: recipe.images, pixels: train.pixels, labels: train.labels, height, width }
  const size = height * width
  const first = { ...images, pixels: images.pixels.subarray(0, images.count * size) }
  const configuration = configurationOf(recipe, {
    name: 'mnist',
    height,
    width,
    images: images.count,
    classes: 10,
  })
  const { folds, fold: index, foldSeed } = configuration.data
  const indices = fold(images.count, folds, index, foldSeed).train
  const engine = await openOnnxEngine(configuration, initialState(configuration))
  const losses: number[] = []
  const recorded = {
    ...engine,
    async run(steps: Parameters<typeof engine.run>[0]) {
      const result = await engine.run(steps)
      losses.push(...result.loss)
      return result
    },
  }
  for (let epoch = 0; epoch < recipe.epochs; epoch++) {
    await takeEpoch({
      configuration,
      engine: recorded,
      images: first,
      indices,
      epoch,
      seconds: 1,
      now: () => performance.now(),
    })
  }
  await engine.close()
  return losses
}
