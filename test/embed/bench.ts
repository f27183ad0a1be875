import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { Command } from 'commander'
import { around, MODEL, type Stage, setStage } from './stage.ts'

/** Lines between server and browser: none, and what Chromium's developer tools call slow 4G. */
const LINES = {
  localhost: undefined,
  'slow 4G': { latency: 150, downloadThroughput: (1.6e6 / 8) * 0.9, uploadThroughput: (0.75e6 / 8) * 0.9 },
} as const
type Line = keyof typeof LINES

/** Milliseconds from the request for the script to a picture from the API, and to one decoded in the page. */
interface Times {
  first: number
  local: number
}

/** Shows one element in a browser that has nothing in its cache. */
async function time(stage: Stage, url: string, line: Line): Promise<Times> {
  const context = await stage.browser.newContext()
  const page = await context.newPage()
  const conditions = LINES[line]
  if (conditions) {
    const devtools = await context.newCDPSession(page)
    await devtools.send('Network.enable')
    await devtools.send('Network.emulateNetworkConditions', { offline: false, ...conditions })
  }
  // Before anything of the page runs: painting is what counts, so each time is the next frame's.
  await page.addInitScript(() => {
    const seen: Record<string, number> = {}
    Object.assign(window, { seen })
    const look = () => {
      const decoding = document.querySelector<HTMLElement & { decoding?: string }>(
        'latent-interpolation',
      )?.decoding
      if (decoding) seen.first ??= performance.now()
      if (decoding === 'local') seen.local ??= performance.now()
      if (seen.local === undefined) requestAnimationFrame(look)
    }
    requestAnimationFrame(look)
  })
  await page.goto(url)
  await page.waitForFunction(() => (window as unknown as { seen: Partial<Times> }).seen.local !== undefined)
  const times = await page.evaluate(() => {
    const [script] = performance.getEntriesByType('resource').filter(entry => entry.name.endsWith('.js'))
    const { first, local } = (window as unknown as { seen: Times }).seen
    return { first: first - script.startTime, local: local - script.startTime }
  })
  await context.close()
  return times
}

function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.round(q * (sorted.length - 1))]
}

async function main(): Promise<void> {
  const program = new Command('bench:embed')
    .description(
      'Time the embeddable element in Chromium from its script to its pictures, and weigh its script.',
    )
    .option('--runs <number>', 'fresh browsers to time on each line', Number, 15)
    .option('--json', 'one object a line')
  const { runs, json } = program.parse().opts<{ runs: number; json?: boolean }>()
  if (!(Number.isInteger(runs) && runs >= 1)) program.error('error: --runs: expected a whole number from 1')
  const stage = await setStage()
  const script = await readFile(path.join(stage.folder, 'page/embed/latent-interpolation.js'))
  const bytes = {
    raw: script.length,
    gzip: gzipSync(script, { level: 9 }).length,
    brotli: brotliCompressSync(script).length,
  }
  if (json) console.log(JSON.stringify({ case: 'script', ...bytes }))
  else console.log(`Script: ${bytes.raw} bytes, ${bytes.gzip} with gzip, ${bytes.brotli} with brotli\n`)
  const markup = `<latent-interpolation model="${MODEL}" from="class:3" to="class:8" engine="local"></latent-interpolation>`
  const url = stage.put('bench.html', around(markup))
  await time(stage, url, 'localhost')
  for (const line of Object.keys(LINES) as Line[]) {
    const all: Times[] = []
    for (let run = 0; run < runs; run++) all.push(await time(stage, url, line))
    for (const key of ['first', 'local'] as const) {
      const [p50, p90] = [0.5, 0.9].map(q =>
        quantile(
          all.map(times => times[key]),
          q,
        ),
      )
      const what = key === 'first' ? 'first frame' : 'first local frame'
      if (json) console.log(JSON.stringify({ case: what, line, runs, p50, p90 }))
      else
        console.log(
          `${line.padEnd(10)} ${what.padEnd(18)} median ${p50.toFixed(0).padStart(5)} ms   90 % ${p90.toFixed(0).padStart(5)} ms`,
        )
    }
  }
  await stage.stop()
}

await main()
