/**
 * The page in Chromium on a graphics card: the adapter it gets, the picture each engine decodes beside
 * onnxruntime-node's, and the time of a decode. Needs a GPU with a Vulkan driver and loader (Debian: libvulkan1).
 *
 *     node test/outside/gpu-page.ts --pictures FOLDER
 *     npm run bench:train-tab -- --webgpu            trains in the tab on the card
 */
import { mkdir } from 'node:fs/promises'
import path from 'node:path'
import { Command } from 'commander'
import type { Browser, Page } from 'playwright-core'
import { runProgram } from '../../export/command/run-program.ts'
import { launchBrowser } from '../support/browser.ts'
import { startPageServer } from '../web/page-server.ts'
import { decodeTrained, levelsApart, openPage, readCanvas } from '../web/site.ts'

interface Flags {
  page?: string
  pictures?: string
  software?: boolean
}

const MODELS = ['mnist-vae-l2-z2', 'mnist-vae-l6-z2']
const ENGINES = ['plain', 'wasm', 'webgpu']
const Z = [0.5, -1]

const program = new Command('node test/outside/gpu-page.ts')
  .description('The engines of the page on a graphics card.')
  .option('--page <folder>', 'a built page (npm run build); left out, it is built from the sources')
  .option('--pictures <folder>', 'write a picture of the page for each engine')
  .option('--software', 'on SwiftShader in place of a graphics card, to try the program itself')
  .action(async ({ page: built, pictures, software }: Flags) => {
    const server = await startPageServer(built)
    const browser = await launchBrowser({ webgpu: software ? 'software' : 'hardware' })
    try {
      console.log('adapter', JSON.stringify(await describeAdapter(browser, server.url)))
      if (pictures) await mkdir(pictures, { recursive: true })
      for (const model of MODELS) {
        for (const engine of ENGINES) await tryEngine(browser, server.url, model, engine, pictures)
      }
    } finally {
      await browser.close()
      await server.stop()
    }
  })

/** What the browser says of its WebGPU adapter; null without one. */
async function describeAdapter(browser: Browser, url: string): Promise<unknown> {
  const { page, close } = await openPage(browser)
  await page.goto(`${url}/healthz`)
  const adapter = await page.evaluate(async () => {
    const { gpu } = navigator as { gpu?: { requestAdapter(): Promise<{ info: object } | null> } }
    const found = await gpu?.requestAdapter()
    if (!found) return null
    const keys = ['vendor', 'architecture', 'device', 'description', 'isFallbackAdapter']
    return Object.fromEntries(keys.map(key => [key, (found.info as Record<string, unknown>)[key]]))
  })
  await close()
  return adapter
}

async function tryEngine(
  browser: Browser,
  url: string,
  model: string,
  engine: string,
  pictures?: string,
): Promise<void> {
  const { page, faults, close } = await openPage(browser)
  try {
    await page.goto(`${url}/?model=${model}&z=${Z}&engine=${engine}`)
    const time = page.locator('.engine-time')
    await page.locator(`.engine-time[data-engine="${engine}"]`).waitFor({ timeout: 60_000 })
    const apart = await distance(page, await decodeTrained(Z, model))
    await drag(page)
    const messages = await page.locator('.message').allTextContents()
    console.log(
      [
        model.padEnd(16),
        engine.padEnd(7),
        (await time.innerText()).replaceAll(/\s+/g, ' ').padEnd(20),
        `${apart.toFixed(2)} grey levels from onnxruntime-node`,
        ...messages,
        ...faults,
      ].join('  '),
    )
    if (pictures) await page.screenshot({ path: path.join(pictures, `${model}-${engine}.png`) })
  } catch (error) {
    const messages = await page.locator('.message').allTextContents()
    console.log(model, engine, (error as Error).message, ...messages, ...faults)
  } finally {
    await close()
  }
}

/** The largest difference between what the page shows and an image, in grey levels, once it no longer falls. */
async function distance(page: Page, expected: Float32Array): Promise<number> {
  let least = Number.POSITIVE_INFINITY
  for (let i = 0; i < 40 && least > 1.5; i++) {
    await page.waitForTimeout(250)
    least = Math.min(least, levelsApart(await readCanvas(page, '.decoded canvas'), expected))
  }
  return least
}

/** Moves the point over the plane: a decode for each of 120 places. */
async function drag(page: Page): Promise<void> {
  const box = await page.locator('.plane canvas').last().boundingBox()
  if (!box) throw new Error('expected a plane on the page, found none')
  const at = (turn: number): [number, number] => [
    box.x + box.width * (0.5 + 0.3 * Math.cos(turn)),
    box.y + box.height * (0.5 + 0.3 * Math.sin(turn)),
  ]
  await page.mouse.move(...at(0))
  await page.mouse.down()
  for (let i = 0; i < 120; i++) {
    await page.mouse.move(...at(i / 20))
    await page.waitForTimeout(16)
  }
  await page.mouse.up()
  await page.waitForTimeout(300)
}

await runProgram(program)
