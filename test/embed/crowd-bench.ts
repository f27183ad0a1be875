import { readdirSync, readFileSync } from 'node:fs'
import { Command } from 'commander'
import type { Browser } from 'playwright-core'
import { OTHER_BROWSERS, waitUntil } from '../support/other-browser.ts'
import { type EmbedSite, MODEL, pageWith, startEmbedSite } from './embed-site.ts'

/** Rates of a page with many playing elements, per second. */
interface Rates {
  /** Animation frames of the page. */
  frames: number
  /** Images drawn, of all elements together. */
  images: number
  /** Milliseconds that the page's scripts take a frame. */
  script: number
  /** Milliseconds of processor time a second, of all processes of the browser. */
  processor?: number
}

/** CSS pixels for a pixel of an image: with 2 all elements are in the window at once, with 8 (the default) about 15. */
const SCALES = [2, 8] as const

function crowd(count: number, scale: number): string {
  const elements = Array.from({ length: count }, (_, i) => {
    const ends = `from="class:${i % 10}" to="class:${(i + 3) % 10}"`
    return `<latent-interpolation model="${MODEL}" ${ends} scale="${scale}" autoplay loop></latent-interpolation>`
  })
  return pageWith(elements.join('\n'))
}

/** Counts frames, images and the time in frame callbacks, from now for some seconds. */
const count = (seconds: number) => `new Promise(resolve => {
  let frames = 0, images = 0, script = 0, started
  const put = CanvasRenderingContext2D.prototype.putImageData
  CanvasRenderingContext2D.prototype.putImageData = function (...all) { images++; return put.apply(this, all) }
  const request = window.requestAnimationFrame
  window.requestAnimationFrame = callback => request.call(window, now => {
    const before = performance.now()
    callback(now)
    script += performance.now() - before
  })
  const look = now => {
    started ??= now
    frames++
    if (now - started < ${seconds * 1000}) return request.call(window, look)
    const passed = (now - started) / 1000
    resolve({ frames: (frames - 1) / passed, images: images / passed, script: script / frames })
  }
  request.call(window, look)
})`

const PLAYING = `[...document.querySelectorAll('latent-interpolation')].filter(one => one.decoding === 'local').length > 4`

async function measureChromium(browser: Browser, url: string, seconds: number): Promise<Rates> {
  const page = await browser.newPage({ viewport: { width: 1200, height: 900 } })
  await page.goto(url)
  await page.waitForFunction(PLAYING)
  await page.waitForTimeout(1500)
  const rates = await withProcessorTime(() => page.evaluate<Rates>(count(seconds)))
  await page.close()
  return rates
}

/** Adds the processor time that the child processes used during a measurement. */
async function withProcessorTime(measure: () => Promise<Rates>): Promise<Rates> {
  const [usedBefore, started] = [descendantsTime(), performance.now()]
  const rates = await measure()
  return { ...rates, processor: ((descendantsTime() - usedBefore) / (performance.now() - started)) * 1000 }
}

/** Milliseconds of processor time of all descendants of this process, by Linux' /proc (proc(5): 100 ticks a second). */
function descendantsTime(): number {
  const parents = new Map<number, number>()
  const times = new Map<number, number>()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      parents.set(+name, +fields[1])
      times.set(+name, (+fields[11] + +fields[12]) * 10)
    } catch {
      // The process has ended.
    }
  }
  const isOurs = (pid: number): boolean => {
    const parent = parents.get(pid)
    return parent === process.pid || (parent !== undefined && isOurs(parent))
  }
  return [...times].reduce((sum, [pid, time]) => sum + (isOurs(pid) ? time : 0), 0)
}

async function measureOthers(url: string, seconds: number, show: (name: string, rates: Rates) => void) {
  for (const { name, missing, launch } of OTHER_BROWSERS) {
    if (missing) {
      console.log(`${name.padEnd(9)} skipped: ${missing}`)
      continue
    }
    const page = await launch()
    await page.resize(1200, 900)
    await page.goto(url)
    await waitUntil(page, PLAYING)
    await new Promise(resolve => setTimeout(resolve, 1500))
    show(name, await withProcessorTime(() => page.evaluate<Rates>(count(seconds))))
    await page.close()
  }
}

async function measure(site: EmbedSite, elements: number, scale: number, seconds: number): Promise<void> {
  const url = site.addPage(`crowd-${scale}.html`, crowd(elements, scale))
  const show = (name: string, { frames, images, script, processor = 0 }: Rates) =>
    console.log(
      `${name.padEnd(9)} scale ${scale}: ${frames.toFixed(1).padStart(5)} frames/s, ${images.toFixed(0).padStart(5)} images/s, ` +
        `${script.toFixed(1).padStart(5)} ms of script and ${(processor / frames).toFixed(1)} ms of processor time a frame`,
    )
  show('Chromium', await measureChromium(site.browser, url, seconds))
  await measureOthers(url, seconds, show)
}

async function main(): Promise<void> {
  const program = new Command('npm run bench:crowd --')
    .description(
      'Measure a page of many playing elements, in Chromium and where installed in Firefox and WebKit.',
    )
    .option('--elements <number>', 'elements on the page', Number, 100)
    .option('--seconds <number>', 'time to measure', Number, 5)
  const { elements, seconds } = program.parse().opts<{ elements: number; seconds: number }>()
  if (!(Number.isInteger(elements) && elements >= 5))
    program.error('error: --elements: expected an integer from 5')
  if (!(seconds > 0)) program.error('error: --seconds: expected a number above 0')
  const site = await startEmbedSite()
  try {
    for (const scale of SCALES) await measure(site, elements, scale, seconds)
  } finally {
    await site.stop()
  }
}

await main()
