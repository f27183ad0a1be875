import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, request } from 'node:http'
import type { AddressInfo } from 'node:net'
import { availableParallelism, loadavg, tmpdir } from 'node:os'
import path from 'node:path'
import { Command } from 'commander'
import { integer } from '../../export/command/options.ts'
import { runProgram } from '../../export/command/run-program.ts'
import { chooseRun } from '../../train/fit/choices.ts'
import { defaultChoices } from '../../train/fit/run-options.ts'
import { Run } from '../../train/step/run/record.ts'
import { launchBrowser } from '../support/browser.ts'
import { startPageServer } from './page-server.ts'
import { type PageTask, recordTasks } from './page-tasks.ts'
import type { Site } from './site.ts'
import { fitTimed, median } from './timed-fit.ts'
import { openTrainPage } from './train-page.ts'

interface Trained {
  seed: number
  /** Nats an image, the ELBO of the test images at a drawn z. */
  elbo: number
  imagesPerSecond: number
}

interface TrainedInTab extends Trained {
  /** The tasks of the page's main thread from the click on Start to the end of training. */
  tasks: PageTask[]
  /** Bytes fetched before the first step, by what they are. */
  fetched: Record<'page' | 'runtime' | 'data', number>
}

interface Flags {
  seeds: number
  epochs: number
  webgpu?: boolean
  page?: string
}

const program = new Command('npm run bench:train-tab --')
  .description(
    'Trains the paper’s two-layer VAE on 10,000 images in a tab and natively, in alternation, and compares them.',
  )
  .option('--seeds <n>', 'how often each', integer({ min: 1 }), 3)
  .option('--epochs <n>', 'epochs', integer({ min: 1 }), 10)
  .option('--webgpu', "in the tab on the machine's GPU, by WebGPU")
  .option('--page <folder>', 'a built page (npm run build); left out, it is built from the sources')
  .action(async ({ seeds, epochs, webgpu, page }: Flags) => {
    const root = await mkdtemp(path.join(tmpdir(), 'latent-edge-train-tab-'))
    const server = await startPageServer(page)
    const native: Trained[] = []
    const tab: TrainedInTab[] = []
    try {
      for (let seed = 1; seed <= seeds; seed++) {
        native.push(await trainNatively(seed, epochs, path.join(root, `run-${seed}`)))
        tab.push(await trainInTab(seed, epochs, server.url, webgpu))
      }
    } finally {
      await server.stop()
      await rm(root, { recursive: true, force: true })
    }
    print(native, tab)
  })

async function trainNatively(seed: number, epochs: number, directory: string): Promise<Trained> {
  const choices = { ...defaultChoices(), data: 'mnist', images: 10_000, epochs, seed }
  const chosen = await chooseRun('mnist-vae-l2-z2', choices)
  const { run, imagesPerSecond } = await fitTimed(chosen, directory)
  return { seed, elbo: elboOf(run), imagesPerSecond }
}

async function trainInTab(seed: number, epochs: number, url: string, webgpu = false): Promise<TrainedInTab> {
  const proxy = await countingProxy(url)
  const browser = await launchBrowser({ webgpu: webgpu ? 'hardware' : undefined })
  try {
    const { page, press, download } = await openTrainPage(
      { url: proxy.url } as Site,
      browser,
      `epochs:${epochs};seed:${seed}`,
      { engine: webgpu ? 'webgpu' : undefined },
    )
    await page.getByRole('button', { name: 'Start', exact: true }).waitFor()
    const stopRecording = await recordTasks(page)
    await press('Start')
    await page
      .locator('.train-status')
      .filter({ hasText: /step \d+ of|1 of/ })
      .waitFor({ timeout: 600_000 })
    const fetched = { ...proxy.fetched }
    await page.locator('.train-status').filter({ hasText: 'Done.' }).waitFor({ timeout: 3_600_000 })
    const tasks = await stopRecording()
    const speeds = await page.locator('.train-figures tbody td:last-child').allTextContents()
    const files = await download()
    const text = Object.entries(files).find(([name]) => name.endsWith('run.json'))?.[1]
    return {
      seed,
      elbo: elboOf(Run.parse(JSON.parse(new TextDecoder().decode(text)))),
      imagesPerSecond: median(speeds.map(speed => Number(speed.replaceAll(',', '')))),
      tasks,
      fetched,
    }
  } finally {
    await browser.close()
    proxy.close()
  }
}

/** Forwards to a server and counts the bytes of its replies. */
async function countingProxy(target: string) {
  const fetched = { page: 0, runtime: 0, data: 0 }
  const kindOf = (url: string) =>
    url.startsWith('/training/') ? 'data' : /ort-wasm|training\.worker/.test(url) ? 'runtime' : 'page'
  const server = createServer((incoming, outgoing) => {
    const { url = '/', method, headers } = incoming
    const forward = request(new URL(url, target), { method, headers }, reply => {
      outgoing.writeHead(reply.statusCode ?? 502, reply.headers)
      reply.on('data', (chunk: Buffer) => {
        fetched[kindOf(url)] += chunk.length
      })
      reply.pipe(outgoing)
    })
    forward.on('error', () => outgoing.destroy())
    incoming.pipe(forward)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, fetched, close: () => server.close() }
}

function elboOf({ evaluations, configuration }: Run): number {
  const test = evaluations.find(({ split, latent }) => split === 'test' && latent === 'sampled')
  if (!test?.posterior) throw new Error('expected an evaluation of the test images at a drawn z')
  return -(test.bce * configuration.architecture.inputDim + test.posterior.kl)
}

function longest(tasks: readonly PageTask[], by: 'wall' | 'cpu'): PageTask {
  return tasks.reduce((most, task) => (task[by] > most[by] ? task : most))
}

function print(native: readonly Trained[], tab: readonly TrainedInTab[]): void {
  console.table(
    native.map(({ seed, elbo, imagesPerSecond }, i) => ({
      seed,
      'ELBO native': elbo.toFixed(2),
      'ELBO tab': tab[i].elbo.toFixed(2),
      'images/s native': Math.round(imagesPerSecond),
      'images/s tab': Math.round(tab[i].imagesPerSecond),
      ratio: (tab[i].imagesPerSecond / imagesPerSecond).toFixed(2),
      'longest task, ms': Math.round(longest(tab[i].tasks, 'wall').wall),
      'of the processor, ms': Math.round(longest(tab[i].tasks, 'cpu').cpu),
      'tasks over 50 ms': tab[i].tasks.filter(({ wall }) => wall > 50).length,
    })),
  )
  for (const { seed, tasks } of tab) {
    const { start, wall, cpu, parts } = longest(tasks, 'wall')
    const [part] = [...parts].toSorted((a, b) => b[1] - a[1])
    console.log(
      `seed ${seed}: the page's longest task began ${(start / 1000).toFixed(1)} s after Start, took ${wall.toFixed(0)} ms and ${cpu.toFixed(0)} ms of the processor; most of it ${part[0]}`,
    )
  }
  console.log(`load of the machine: ${loadavg()[0].toFixed(1)} on ${availableParallelism()} cores`)
  const { page, runtime, data } = tab[0].fetched
  const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(0)} kB`
  console.log(
    `before the first step: page ${kilobytes(page)}, ONNX Runtime and worker ${kilobytes(runtime)}, images ${kilobytes(data)}`,
  )
}

await runProgram(program)
