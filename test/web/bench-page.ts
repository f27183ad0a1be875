import { Command } from 'commander'
import type { Browser, CDPSession, Page } from 'playwright-core'
import { launchBrowser } from '../support/browser.ts'
import { OTHER_BROWSERS, waitUntil } from '../support/other-browser.ts'

/** Networks as Chromium's developer tools name them: ms of latency a request, bytes a second; and a slower processor. */
const NETWORKS = {
  local: undefined,
  'slow 4G': { latency: 150, downloadThroughput: 180_000, uploadThroughput: 84_000, processor: 4 },
  'slow 3G': { latency: 2000, downloadThroughput: 50_000, uploadThroughput: 50_000, processor: 4 },
} as const
type Network = keyof typeof NETWORKS

const VIEWS = ['explore', 'sample', 'styles', 'interpolate', 'reconstruct', 'compare', 'train', 'paper']
const PAGES = [...VIEWS.map(view => [view, `?view=${view}`]), ['gallery', 'embed/']] as const
const WIDTHS = [390, 1440] as const
/** Pages that are measured at the same time. */
const AT_ONCE = 2

/** Load times of a view with an empty cache. */
interface Arrival {
  /**
   * Milliseconds until the visitor sees the first of what the view is for: a picture, the server's or the page's own; of
   * Paper the verdict. Undefined for Train, which shows no picture before it is told to.
   */
  picture?: number
  /** Milliseconds until the page has decoded an image itself, so that it can be moved; of Paper and Train their whole. */
  usable?: number
  /** Milliseconds until the largest text or picture was painted (Largest Contentful Paint). */
  lcp: number
  /** Cumulative Layout Shift. */
  cls: number
  /** Total Blocking Time, milliseconds: the parts of tasks beyond 50 ms. */
  tbt: number
  /** Bytes received, headers included. */
  bytes: number
}

/** Runs before the page's own scripts. Pictures are looked for ten times a second. */
function observe(): void {
  const seen: Omit<Arrival, 'bytes'> = { lcp: 0, cls: 0, tbt: 0 }
  Object.assign(window, { seen })
  const entries = <T extends PerformanceEntry>(type: string, take: (entry: T) => void) =>
    new PerformanceObserver(list => list.getEntries().forEach(entry => void take(entry as T))).observe({
      type,
      buffered: true,
    })
  entries('largest-contentful-paint', ({ startTime }) => (seen.lcp = startTime))
  entries('longtask', ({ duration }) => (seen.tbt += duration - 50))
  // Shifts within one window of at most 5 s, without a second between two: the largest such sum counts.
  let [first, last, sum] = [0, 0, 0]
  entries<PerformanceEntry & { value: number; hadRecentInput: boolean }>('layout-shift', shift => {
    if (shift.hadRecentInput) return
    const joins = shift.startTime - last < 1000 && shift.startTime - first < 5000
    if (!joins) [first, sum] = [shift.startTime, 0]
    last = shift.startTime
    sum += shift.value
    seen.cls = Math.max(seen.cls, sum)
  })
  const isDrawn = (canvas: HTMLCanvasElement) => {
    if (canvas.width === 0 || canvas.closest('.plane')) return false
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height)
    return data.some((value, i) => i % 4 === 3 && value > 0)
  }
  const timer = setInterval(() => {
    const pictures = [...document.querySelectorAll<HTMLImageElement>(':is(#page, #gallery, main) img')]
    const elements = [
      ...document.querySelectorAll<HTMLElement & { decoding?: string }>('latent-interpolation'),
    ]
    const isThere = (selector: string) => document.querySelector(selector) !== null
    const hasDecoded =
      elements.some(({ decoding }) => decoding) || [...document.querySelectorAll('canvas')].some(isDrawn)
    const hasPicture =
      hasDecoded ||
      isThere('#verdict table') ||
      pictures.some(({ complete, naturalWidth }) => complete && naturalWidth > 1)
    if (hasPicture) seen.picture ??= performance.now()
    if (hasDecoded || isThere('.train-intro')) seen.usable ??= performance.now()
    if (seen.picture && seen.usable) clearInterval(timer)
  }, 100)
}

async function arrive(browser: Browser, url: string, width: number, network: Network): Promise<Arrival> {
  const context = await browser.newContext({
    viewport: { width, height: width < 600 ? 844 : 900 },
    ...(width < 600 && { isMobile: true, hasTouch: true }),
  })
  const page = await context.newPage()
  const devtools = await context.newCDPSession(page)
  const received = await countBytes(devtools)
  const conditions = NETWORKS[network]
  if (conditions) {
    const { processor, ...speed } = conditions
    await devtools.send('Network.emulateNetworkConditions', { offline: false, ...speed })
    await devtools.send('Emulation.setCPUThrottlingRate', { rate: processor })
  }
  await page.addInitScript(observe)
  await page.goto(url, { timeout: 120_000 })
  // A busy processor may leave the network idle before the page asks for what it decodes with.
  await page
    .waitForFunction(() => (window as unknown as { seen: Arrival }).seen.usable, undefined, {
      timeout: 90_000,
    })
    .catch(() => {})
  await page.waitForLoadState('networkidle', { timeout: 120_000 })
  await page.waitForTimeout(conditions ? 2500 : 1000)
  const seen = await page.evaluate(() => (window as unknown as { seen: Omit<Arrival, 'bytes'> }).seen)
  await context.close()
  return { ...seen, bytes: received() }
}

/** Counts the bytes of all replies, as they come over the network. */
async function countBytes(devtools: CDPSession): Promise<() => number> {
  let bytes = 0
  await devtools.send('Network.enable')
  devtools.on('Network.loadingFinished', ({ encodedDataLength }) => (bytes += encodedDataLength))
  return () => bytes
}

function row(cells: readonly (string | number)[]): string {
  return `| ${cells.join(' | ')} |`
}

function print({ picture, usable, lcp, cls, tbt, bytes }: Arrival): string[] {
  const seconds = (ms: number | undefined) => (ms === undefined ? '–' : `${(ms / 1000).toFixed(2)} s`)
  return [
    seconds(picture),
    seconds(usable),
    seconds(lcp),
    cls.toFixed(3),
    `${tbt.toFixed(0)} ms`,
    (bytes / 1000).toFixed(0),
  ]
}

async function benchArrival(
  url: string,
  names: readonly string[],
  networks: readonly Network[],
): Promise<void> {
  const browser = await launchBrowser()
  console.log(row(['view', 'width', 'network', 'first picture', 'usable', 'LCP', 'CLS', 'TBT', 'kB']))
  console.log(row(['---', '--:', '---', '--:', '--:', '--:', '--:', '--:', '--:']))
  const cases = PAGES.filter(([name]) => names.includes(name)).flatMap(([name, path]) =>
    WIDTHS.flatMap(width => networks.map(network => ({ name, path, width, network }))),
  )
  // Most of the time is spent waiting for the slow network, so some views are loaded at the same time.
  const rows: string[] = []
  let next = 0
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (next < cases.length) {
        const at = next++
        const { name, path, width, network } = cases[at]
        const arrival = await arrive(browser, url + path, width, network)
        rows[at] = row([name, width, network, ...print(arrival)])
        console.error(rows[at])
      }
    }),
  )
  console.log(rows.join('\n'))
  await browser.close()
}

/** Frames of the page and decoded images a second. */
interface Dragging {
  frames: number
  images: number
}

const START_COUNT = `(() => {
  const count = { frames: 0, images: 0, from: performance.now() }
  window.count = count
  const put = CanvasRenderingContext2D.prototype.putImageData
  CanvasRenderingContext2D.prototype.putImageData = function (...all) {
    if (this.canvas.closest?.('.decoded')) count.images++
    return put.apply(this, all)
  }
  const look = () => { count.frames++; requestAnimationFrame(look) }
  requestAnimationFrame(look)
})()`
const STOP_COUNT = `(() => {
  const seconds = (performance.now() - count.from) / 1000
  return { frames: count.frames / seconds, images: count.images / seconds }
})()`
const MIDDLE = `(() => {
  document.querySelector('.plane').scrollIntoView({ block: 'center' })
  const box = document.querySelector('.plane').getBoundingClientRect()
  return [Math.round(box.x + box.width / 2), Math.round(box.y + box.height / 2)]
})()`
const THERE = `document.querySelector('.decoded canvas')?.width > 0 && !document.querySelector('[role=progressbar], progress')`

/** A figure of eight around the middle, 250 points. */
function path([x, y]: readonly [number, number]): [number, number][] {
  return Array.from({ length: 250 }, (_, i) => {
    const angle = (i / 250) * 4 * Math.PI
    return [Math.round(x + 110 * Math.sin(angle)), Math.round(y + 70 * Math.sin(2 * angle))]
  })
}

async function dragInChromium(page: Page, points: readonly (readonly [number, number])[]): Promise<void> {
  await page.mouse.move(...points[0])
  await page.mouse.down()
  for (const [x, y] of points) {
    await page.mouse.move(x, y)
    await page.waitForTimeout(8)
  }
  await page.mouse.up()
}

async function benchDragging(url: string, model: string): Promise<void> {
  const address = `${url}?model=${model}&z=0,0&engine=plain`
  const show = (name: string, { frames, images }: Dragging) =>
    console.log(row([name, frames.toFixed(0), images.toFixed(0)]))
  console.log(row(['browser', 'frames/s', 'images/s']))
  console.log(row(['---', '--:', '--:']))
  const browser = await launchBrowser()
  const page = await browser.newPage({ viewport: { width: 1200, height: 900 } })
  await page.goto(address)
  await page.waitForFunction(THERE)
  const points = path(await page.evaluate<[number, number]>(MIDDLE))
  await page.evaluate(START_COUNT)
  await dragInChromium(page, points)
  show('Chromium', await page.evaluate<Dragging>(STOP_COUNT))
  await browser.close()
  for (const { name, missing, launch } of OTHER_BROWSERS) {
    if (missing) {
      console.log(row([name, missing, '']))
      continue
    }
    const other = await launch()
    await other.resize(1200, 900)
    await other.goto(address)
    await waitUntil(other, THERE)
    const points = path(await other.evaluate<[number, number]>(MIDDLE))
    await other.evaluate(START_COUNT)
    await other.drag(points, 8)
    show(name, await other.evaluate<Dragging>(STOP_COUNT))
    await other.close()
  }
}

/** @throws a usage error for a name that is no network */
function parseNetworks(text: string): Network[] {
  return text.split(',').map(name => {
    const network = (Object.keys(NETWORKS) as Network[]).find(known => known === name)
    return (
      network ?? program.error(`error: --networks: expected ${Object.keys(NETWORKS).join(', ')}, got ${name}`)
    )
  })
}

const program = new Command('npm run bench:page --')
  .description(
    'Measure the loading of a running server’s page, and dragging in each installed browser; print Markdown.',
  )
  .argument('<url>', 'the page, as in http://localhost:8787/')
  .option('--only <part>', 'arrival or dragging')
  .option(
    '--views <names>',
    'of these views only, with commas between them',
    PAGES.map(([name]) => name).join(),
  )
  .option(
    '--networks <names>',
    `of ${Object.keys(NETWORKS).join(', ')}, with commas between them`,
    'local,slow 4G',
  )
  .option('--model <id>', 'a model of two numbers to drag in', 'mnist-vae-l2-z2')
program.parse()
const { only, views, networks, model } = program.opts<
  Record<'views' | 'networks' | 'model', string> & { only?: string }
>()
if (only !== undefined && only !== 'arrival' && only !== 'dragging') {
  program.error(`error: --only: expected arrival or dragging, got ${only}`)
}
const url = program.args[0].endsWith('/') ? program.args[0] : `${program.args[0]}/`
if (only !== 'dragging') await benchArrival(url, views.split(','), parseNetworks(networks))
if (only !== 'arrival') await benchDragging(url, model)
