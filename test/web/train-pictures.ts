import { mkdir, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { Command } from 'commander'
import { integer } from '../../export/command/options.ts'
import { runProgram } from '../../export/command/run-program.ts'
import { launchBrowser } from '../support/browser.ts'
import { OTHER_BROWSERS, waitUntil } from '../support/other-browser.ts'
import type { OtherPage } from '../support/other-page.ts'
import { startPageServer } from './page-server.ts'

interface Options {
  out: string
  recipe: string
  width: number
  height: number
  dark: boolean
  only: string | undefined
}

/** How far a run is when it is photographed: shares of its epochs, the first when a step was taken. */
const MOMENTS = [0, 0.1, 0.25, 0.5, 0.75, 1]

const program = new Command('npm run figures:train --')
  .description(
    'Trains in each installed browser, Chromium, Firefox and WebKit, and writes six screenshots of each run over time.',
  )
  .option('--out <folder>', 'where the PNGs go', 'train-pictures')
  .option('--recipe <text>', 'the recipe, as in a link', 'n:5000;widths:128;epochs:20')
  .option('--width <pixels>', 'width of the window', integer({ min: 200 }), 1440)
  .option('--height <pixels>', 'height of the window', integer({ min: 200 }), 1100)
  .option('--dark', 'in dark colours (Chromium only)', false)
  .option('--only <browser>', 'chromium, firefox or webkit alone')
  .action(async (options: Options) => {
    const server = await startPageServer()
    await mkdir(options.out, { recursive: true })
    try {
      for (const { name, launch } of browsers(options)) {
        const opened = await launch()
        try {
          await photographRun(opened, name, server.url, options)
        } finally {
          await opened.close()
        }
      }
    } finally {
      await server.stop()
    }
  })

function browsers(options: Options): { name: string; launch(): Promise<OtherPage> }[] {
  const others = OTHER_BROWSERS.filter(({ name, missing }) => {
    if (missing) console.log(`${name} is left out: ${missing}`)
    return !missing
  })
  const all = [
    { name: 'chromium', launch: () => launchChromium(options) },
    ...others.map(({ name, launch }) => ({ name: name.toLowerCase(), launch })),
  ]
  return all.filter(({ name }) => !options.only || name === options.only)
}

/** Chromium with the functions that the other browsers have. */
async function launchChromium({ dark }: Options): Promise<OtherPage> {
  const browser = await launchBrowser()
  const page = await browser.newPage({ colorScheme: dark ? 'dark' : 'light' })
  return {
    goto: async url => void (await page.goto(url)),
    evaluate: expression => page.evaluate(expression),
    resize: (width, height) => page.setViewportSize({ width, height }),
    drag: () => Promise.reject(new Error('nothing is dragged here')),
    screenshot: () => page.screenshot(),
    close: () => browser.close(),
  }
}

async function photographRun(page: OtherPage, name: string, url: string, options: Options): Promise<void> {
  await page.resize(options.width, options.height)
  await page.goto(`${url}/?view=train&recipe=${encodeURIComponent(options.recipe)}`)
  await waitUntil(page, 'document.querySelector(".train-bar .primary:enabled")')
  await page.evaluate('document.querySelector(".train-bar .primary").click()')
  const status = 'document.querySelector(".train-status").innerText'
  await waitUntil(page, `/step \\d|Done/.test(${status})`, 300_000)
  const began = Date.now()
  const epochs = Number(/of (\d+)/.exec(await page.evaluate<string>(status))?.[1])
  for (const [i, share] of MOMENTS.entries()) {
    const done = `document.querySelectorAll(".train-figures tbody tr").length >= ${Math.floor(share * epochs)}`
    await waitUntil(page, share === 1 ? `/Done\\./.test(${status})` : done, 1_200_000)
    // What changed last is drawn in the next frames, a part each.
    await page.evaluate('new Promise(resolve => setTimeout(resolve, 500))')
    const file = path.join(options.out, `${name}-${options.width}${options.dark ? '-dark' : ''}-${i + 1}.png`)
    await writeFile(file, await page.screenshot())
    console.log(
      `${file}: ${((Date.now() - began) / 1000).toFixed(1)} s, ${await page.evaluate<string>(status)}`,
    )
  }
}

await runProgram(program)
