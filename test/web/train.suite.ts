import type { Browser } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import { Card } from '../../models/card.ts'
import { parseCard } from '../../models/registry/version.ts'
import { Run } from '../../train/step/run/record.ts'
import { violations } from './access.ts'
import { nativeLosses } from './native-losses.ts'
import { levelsApart, readCanvas, type Site } from './site.ts'
import { openTrainPage, QUICK } from './train-page.ts'

/** Training in the page: the same steps as on Node, kept over a reload, exported as a run that servers take. */
export function trainSuite(site: () => Site, browser: () => Browser): void {
  const open = (recipe = QUICK) => openTrainPage(site(), browser(), recipe)

  describe('the Train view', () => {
    test('the Train view takes the steps that native training takes: the same losses within 1e-4', async () => {
      const { press, status, losses, faults, close } = await open()
      await press('Start')
      await status(/Done\./)
      const got = await losses()
      const expected = await nativeLosses(QUICK)
      expect(got).toHaveLength(36)
      got.forEach((loss, i) => {
        expect(Math.abs(loss / expected[i] - 1), `step ${i}: ${loss}, native ${expected[i]}`).toBeLessThan(
          1e-4,
        )
      })
      expect(faults).toEqual([])
      await close()
    })

    test('the Train view ends with the same bits after a reload and a worker that dies as without them', async () => {
      const whole = await open()
      await whole.press('Start')
      await whole.status(/Done\./)
      const expected = await whole.weights()
      await whole.close()

      const { page, press, status, weights, close } = await open()
      await press('One epoch')
      await status(/Paused\. 1 of 2/)
      await page.reload()
      await press('Continue this run')
      await status(/Paused\. 1 of 2/)
      await press('One step')
      await status(/Paused\. Epoch 2 of 2, step 1 /)
      const [worker] = page.workers().filter(each => each.url().includes('training.worker'))
      await worker.evaluate(() => {
        setTimeout(() => {
          throw new Error('out of memory')
        })
      })
      await page.getByText('out of memory. Training continues from the last whole epoch.').waitFor()
      await status(/Paused\. 1 of 2/)
      await press('Continue')
      await status(/Done\./)
      expect(await weights()).toBe(expected)
      await close()
    })

    test('the Train view downloads a run directory whose model shows what the page shows, and keeps the model', async () => {
      const { page, press, status, download, close } = await open()
      await press('Start')
      await status(/Done\./)
      const files = await download()
      const id = 'mnist-vae-w32-z2'
      expect(Object.keys(files).sort()).toEqual(
        [
          'card.json',
          'decoder.onnx',
          'decoder/model.json',
          'decoder/weights.bin',
          'encoder.onnx',
          'encoder/model.json',
          'encoder/weights.bin',
          'latents.safetensors',
          'metrics.jsonl',
          'run.json',
          'state.safetensors',
        ].map(name => `${id}/${name}`),
      )
      const run = Run.parse(JSON.parse(new TextDecoder().decode(files[`${id}/run.json`])))
      const card = Card.parse(parseCard(files[`${id}/card.json`], 'card.json'))
      expect(card.training.weights).toBe(run.weights)

      await press('Explore it')
      await page.waitForURL(url => url.searchParams.get('model') === `tab-${card.version}`)
      const { z, xhat } = card.golden!
      await page.goto(`${site().url}/?model=tab-${card.version}&z=${z}&engine=plain`)
      await page.locator('.decoded canvas').waitFor()
      await expect
        .poll(async () => levelsApart(await readCanvas(page, '.decoded canvas'), xhat))
        .toBeLessThan(1.5)
      expect(await page.locator('select.models option:checked').textContent()).toContain('MNIST digits')
      await close()
    })

    test('the Train view trains an autoencoder and a VAE side by side, an epoch each in turn', async () => {
      const { page, press, status, faults, close } = await open(`${QUICK};beside:true`)
      await press('Start')
      await status(/Done\..*\| Done\./)
      expect(await page.locator('.train-board').count()).toBe(2)
      expect(await page.locator('.train-title').allInnerTexts()).toEqual(['Autoencoder', 'VAE'])
      expect(await page.locator('.train-export').count()).toBe(2)
      await page.reload()
      await page.getByRole('button', { name: 'Continue this run', exact: true }).first().click()
      await status(/2 of 2 epochs.*\| .*2 of 2 epochs/)
      expect(faults).toEqual([])
      await close()
    })

    test.each([
      [320, 'light'],
      [390, 'dark'],
      [1200, 'light'],
    ] as const)(
      '%i pixels wide and %s: axe finds nothing, and nothing scrolls sideways',
      async (width, colorScheme) => {
        const options = { viewport: { width, height: 900 }, colorScheme }
        const { page, press, status, close } = await openTrainPage(
          site(),
          browser(),
          `${QUICK};beside:true`,
          options,
        )
        await page.locator('.train-form').waitFor()
        expect(await violations(page)).toEqual([])
        await press('One epoch')
        await status(/Paused.*\| Paused/)
        expect(await violations(page)).toEqual([])
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width)
        await close()
      },
    )

    test('the Train view says what an invalid field expects, keeps what was typed, and leaves the recipe', async () => {
      const { page, faults, close } = await open()
      const layers = page.getByLabel('Layers')
      const commit = (text: string) => layers.fill(text).then(() => layers.press('Enter'))
      const problem = page.locator('#train-problem-layers')
      const link = page.url()
      for (const [text, got] of [
        ['2.5', '“2.5”'],
        ['', 'nothing'],
        ['9', '“9”'],
      ]) {
        await commit(text)
        await problem
          .getByText(`Expected a whole number from 1 to 8, got ${got}. The recipe still has 2.`, {
            exact: true,
          })
          .waitFor()
        expect([await layers.inputValue(), page.url()]).toEqual([text, link])
        expect(await layers.getAttribute('aria-invalid')).toBe('true')
      }
      expect(await violations(page)).toEqual([])
      await commit('3')
      await page.waitForURL(/layers%3A3|layers:3/)
      expect([await problem.innerText(), await layers.getAttribute('aria-invalid')]).toEqual(['', 'false'])
      // Rendering for another reason leaves what is being typed.
      await layers.fill('8')
      await page.getByLabel('Latent dimensions').evaluate((field: HTMLInputElement) => {
        field.value = '3'
        field.dispatchEvent(new Event('change'))
      })
      await page.waitForURL(/z%3A3|z:3/)
      await page.evaluate(() => new Promise(requestAnimationFrame))
      expect(await layers.inputValue()).toBe('8')
      await commit('many')
      await problem.getByText('The recipe still has 3.').waitFor()
      await page.getByRole('button', { name: 'Fast', exact: true }).click()
      await page.waitForFunction(() => document.querySelector('#train-problem-layers')?.textContent === '')
      expect(await layers.inputValue()).toBe('2')
      expect(faults).toEqual([])
      await close()
    })

    test('the Train view notes β and the learning rate in run.json where they are moved while it runs', async () => {
      const { page, press, status, download, close } = await open()
      await press('One epoch')
      await status(/Paused\. 1 of 2/)
      await page.getByRole('group', { name: 'Settings that can be changed' }).getByLabel('β').fill('4')
      await page.getByText('Changed once, last at step 18').waitFor()
      await press('Continue')
      await status(/Done\./)
      const files = await download()
      const run = Run.parse(JSON.parse(new TextDecoder().decode(files['mnist-vae-w32-z2/run.json'])))
      expect(run.changes).toEqual([{ step: 18, beta: 4, learningRate: 0.004 }])
      const epochs = new TextDecoder().decode(files['mnist-vae-w32-z2/metrics.jsonl']).trim().split('\n')
      expect(epochs.map(line => JSON.parse(line).beta)).toEqual([1, 4])
      await close()
    })
  })
}
