import { cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import * as ort from 'onnxruntime-node'
import type { BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { buildAssets, buildWorker, FOLDERS } from '../../edge/node/build.ts'
import { startServer } from '../../edge/node/server.ts'
import { startWorkerd } from '../../edge/node/workerd.ts'
import { writeModel } from '../edge/fixture-model.ts'
import { builtPage } from '../support/built-page.ts'

/**
 * The trained model of the repository, and three of random weights: more dimensions, an AE, and one that takes a class.
 */
export const MODELS = ['mnist-vae-l2-z2', 'wide-vae-l1-z8', 'plain-ae-l1-z2', 'told-vae-l1-z4'] as const
/** The four models, named by what distinguishes them. */
export const [TRAINED, WIDE, PLAIN, CONDITIONAL] = MODELS

/** The page and the API, built from the sources as they are and served by workerd. */
export interface Site {
  url: string
  /** Serves the same from Node on another port, or on one that was given, so that a test can stop it. */
  another(port?: number): Promise<{ url: string; stop(): Promise<void> }>
  stop(): Promise<void>
}

/** Builds the page and the Worker with the models of `MODELS`, and serves them on a free port. */
export async function startSite(): Promise<Site> {
  const root = await mkdtemp(path.join(tmpdir(), 'latent-edge-web-'))
  const [zoo, assets, worker] = ['zoo', 'assets', 'worker'].map(name => path.join(root, name))
  await cp(path.join(FOLDERS.zoo, TRAINED), path.join(zoo, TRAINED), { recursive: true })
  const classes = [...'0123456789']
  await writeModel(zoo, { id: WIDE, kind: 'vae', latentDim: 8, layers: 1, classes })
  await writeModel(zoo, { id: PLAIN, kind: 'ae', latentDim: 2, layers: 1, classes })
  await writeModel(zoo, { id: CONDITIONAL, kind: 'vae', latentDim: 4, layers: 1, classes, conditional: true })
  const page = await builtPage()
  await buildAssets({ zoo, page, assets })
  await buildWorker({ assets, worker })
  const log = () => {}
  const workerd = await startWorkerd({ host: '127.0.0.1', port: 0, worker, assets, limit: 1e9, log })
  return {
    url: workerd.url,
    another: (port = 0) =>
      startServer({
        host: '127.0.0.1',
        port,
        models: zoo,
        page,
        rate: 0,
        trustProxy: false,
        sessionBytes: 2 ** 26,
        log,
      }),
    async stop() {
      await workerd.stop()
      await rm(root, { recursive: true, force: true })
    },
  }
}

/** Decodes z [n, 2] with the trained model, or another of two latent dimensions, in onnxruntime-node: [n, 784] in 0…1. */
export async function decodeTrained(z: readonly number[], model: string = TRAINED): Promise<Float32Array> {
  const bytes = await readFile(path.join(FOLDERS.zoo, model, 'decoder.onnx'))
  const session = await ort.InferenceSession.create(bytes)
  const results = await session.run({ z: new ort.Tensor('float32', Float32Array.from(z), [z.length / 2, 2]) })
  return results.xhat.data as Float32Array
}

/** The grey levels 0…255 of the page's ink on its tiles that a canvas shows; the page is light. */
export async function readCanvas(page: Page, selector: string): Promise<number[]> {
  return page
    .locator(selector)
    .first()
    .evaluate(element => {
      const canvas = element as HTMLCanvasElement
      const style = getComputedStyle(document.documentElement)
      const red = (name: string) => Number.parseInt(style.getPropertyValue(name).trim().slice(1, 3), 16)
      const [paper, ink] = [red('--tile'), red('--ink')]
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height)
      return Array.from({ length: data.length / 4 }, (_, i) => ((data[i * 4] - paper) / (ink - paper)) * 255)
    })
}

/** The largest difference of two images in grey levels. */
export function levelsApart(levels: readonly number[], pixels: ArrayLike<number>): number {
  if (levels.length !== pixels.length) return Number.POSITIVE_INFINITY
  return levels.reduce((worst, level, i) => Math.max(worst, Math.abs(level - pixels[i] * 255)), 0)
}

/** Opens a page in its own browser context, and collects the errors on it. */
export async function openPage(
  browser: { newContext(options?: BrowserContextOptions): Promise<BrowserContext> },
  options: BrowserContextOptions = {},
): Promise<{ page: Page; faults: string[]; close(): Promise<void> }> {
  const context = await browser.newContext({
    viewport: { width: 1200, height: 900 },
    colorScheme: 'light',
    ...options,
  })
  const page = await context.newPage()
  const faults: string[] = []
  page.on('pageerror', error => faults.push(error.message))
  page.on('console', message => message.type() === 'error' && faults.push(message.text()))
  return { page, faults, close: () => context.close() }
}
