import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { Command } from 'commander'
import { type EmbedSite, MODEL, pageWith, startEmbedSite } from './embed-site.ts'

/** Network conditions: unlimited, and what Chromium's developer tools call slow 4G. */
const NETWORKS = {
  localhost: undefined,
  'slow 4G': { latency: 150, downloadThroughput: (1.6e6 / 8) * 0.9, uploadThroughput: (0.75e6 / 8) * 0.9 },
} as const
type Network = keyof typeof NETWORKS

/**
 * Milliseconds from the request for the script to the first frame, and to the first frame that the page decodes itself.
 */
interface Times {
  first: number
  local: number
}

/** Shows one element in a browser with an empty cache. */
async function time(site: EmbedSite, url: string, network: Network): Promise<Times> {
  const context = await site.browser.newContext()
  const page = await context.newPage()
  const conditions = NETWORKS[network]
  if (conditions) {
    const devtools = await context.newCDPSession(page)
    await devtools.send('Network.enable')
    await devtools.send('Network.emulateNetworkConditions', { offline: false, ...conditions })
  }
  // Installed before any script of the page. Times are those of the next animation frame, when the image is painted.
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
  const program = new Command('npm run bench:embed --')
    .description(
      'Print the size of the element’s script, and the time in Chromium from the request for it to the first frames.',
    )
    .option('--runs <number>', 'fresh browser contexts to time on each network', Number, 15)
    .option('--json', 'one object a line')
  const { runs, json } = program.parse().opts<{ runs: number; json?: boolean }>()
  if (!(Number.isInteger(runs) && runs >= 1)) program.error('error: --runs: expected an integer from 1')
  const site = await startEmbedSite()
  const script = await readFile(path.join(site.page, 'embed/latent-interpolation.js'))
  const bytes = {
    raw: script.length,
    gzip: gzipSync(script, { level: 9 }).length,
    brotli: brotliCompressSync(script).length,
  }
  if (json) console.log(JSON.stringify({ case: 'script', ...bytes }))
  else console.log(`Script: ${bytes.raw} bytes, ${bytes.gzip} with gzip, ${bytes.brotli} with brotli\n`)
  const markup = `<latent-interpolation model="${MODEL}" from="class:3" to="class:8" engine="local"></latent-interpolation>`
  const url = site.addPage('bench.html', pageWith(markup))
  await time(site, url, 'localhost')
  for (const network of Object.keys(NETWORKS) as Network[]) {
    const all: Times[] = []
    for (let run = 0; run < runs; run++) all.push(await time(site, url, network))
    for (const key of ['first', 'local'] as const) {
      const [p50, p90] = [0.5, 0.9].map(q =>
        quantile(
          all.map(times => times[key]),
          q,
        ),
      )
      const what = key === 'first' ? 'first frame' : 'first local frame'
      if (json) console.log(JSON.stringify({ case: what, network, runs, p50, p90 }))
      else
        console.log(
          `${network.padEnd(10)} ${what.padEnd(18)} median ${p50.toFixed(0).padStart(5)} ms   90 % ${p90.toFixed(0).padStart(5)} ms`,
        )
    }
  }
  await site.stop()
}

await main()
