import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildAssets, buildWorker } from '../../edge/node/build.ts'
import { startServer } from '../../edge/node/server.ts'
import { startWorkerd } from '../../edge/node/workerd.ts'
import { parseImage } from '../../models/images/image-code.ts'
import { createRng } from '../../models/random.ts'
import { loadDataset } from '../../train/data/load-dataset.ts'
import { readFolder } from '../../train/data/sources/read-images.ts'
import type { ImportOptions } from '../../train/step/configuration.ts'
import { writeModel } from '../edge/fixture-model.ts'
import { cell, furthest, pngOf } from '../edge/read-answers.ts'
import { launchBrowser } from '../support/browser.ts'
import { builtPage } from '../support/built-page.ts'

/** The imports that are tried: of photographs of 90 × 60 pixels, one of 60 × 90, and of dark drawings on white. */
const IMPORTS: Record<string, { of: keyof typeof PICTURES } & ImportOptions> = {
  cover: { of: 'photographs', size: { width: 32, height: 24 }, fit: 'cover' },
  contain: { of: 'photographs', size: { width: 32, height: 24 } },
  white: { of: 'photographs', size: { width: 32, height: 32 }, background: 'white' },
  crop: {
    of: 'photographs',
    crop: { left: 11, top: 7, width: 40, height: 50 },
    size: { width: 24, height: 24 },
  },
  invert: { of: 'photographs', size: { width: 32, height: 24 }, fit: 'cover', invert: true },
  transpose: { of: 'photographs', size: { width: 24, height: 32 }, transpose: true },
  together: {
    of: 'photographs',
    transpose: true,
    crop: { left: 3, top: 5, width: 50, height: 40 },
    size: { width: 24, height: 24 },
    fit: 'cover',
    invert: true,
  },
  drawings: { of: 'drawings', size: { width: 32, height: 32 }, background: 'white' },
  inverted: { of: 'drawings', size: { width: 32, height: 24 }, fit: 'cover', invert: true },
  padded: { of: 'drawings', size: { width: 32, height: 32 }, background: 'white', invert: true },
}
const NAMES = Object.keys(IMPORTS)
const PICTURES = {
  photographs: [
    '1 grey.png',
    '2 colour.png',
    '3 clear.png',
    '4 upright.png',
    '5 turned.png',
    '6 turned.webp',
    '7 photograph.jpeg',
  ],
  drawings: ['1.png', '2.png', '3 upright.png'],
}

const servers: Record<string, { url: string; stop(): Promise<void> }> = {}
let root: string
let browser: Browser

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'latent-edge-uploads-'))
  const [zoo, assets, worker] = ['zoo', 'assets', 'worker'].map(name => join(root, name))
  await makePictures()
  for (const name of NAMES) {
    const { of, ...options } = IMPORTS[name]
    const dataset = await loadDataset(`images:${join(root, of)}`, { import: options })
    const { height, width, polarity, import: how } = dataset
    const data = { name, polarity, import: how }
    await writeModel(zoo, {
      id: `${name}-ae-l1-z2`,
      kind: 'ae',
      latentDim: 2,
      layers: 1,
      height,
      width,
      data,
    })
  }
  const page = await builtPage()
  await buildAssets({ zoo, page, assets })
  await buildWorker({ assets, worker })
  const common = { host: '127.0.0.1', port: 0, log() {} }
  servers.node = await startServer({
    ...common,
    models: zoo,
    page,
    rate: 0,
    trustProxy: false,
    sessionBytes: 2 ** 26,
  })
  servers.workerd = await startWorkerd({ ...common, worker, assets, limit: 1e9 })
  browser = await launchBrowser()
})
afterAll(async () => {
  await browser?.close()
  for (const server of Object.values(servers)) await server.stop()
  await rm(root, { recursive: true, force: true })
})

/** Pictures without any symmetry. */
async function makePictures(): Promise<void> {
  for (const [of, names] of Object.entries(PICTURES)) {
    await mkdir(join(root, of), { recursive: true })
    for (const [i, name] of names.entries()) {
      const [width, height] = name.includes('upright') ? [60, 90] : [90, 60]
      const channels = name.includes('clear') ? 4 : /colour|jpeg|webp/.test(name) ? 3 : 1
      const levelOf = of === 'drawings' ? drawing(i) : photograph(i, width, height)
      const raw = Uint8Array.from({ length: width * height * channels }, (_, at) => {
        const pixel = Math.floor(at / channels)
        return levelOf(pixel % width, Math.floor(pixel / width), at % channels)
      })
      const image = sharp(raw, { raw: { width, height, channels } })
      // Lies on its side and says so.
      if (name.includes('turned')) image.withMetadata({ orientation: 6 })
      const file = name.endsWith('jpeg')
        ? image.jpeg({ quality: 95 })
        : name.endsWith('webp')
          ? image.webp({ lossless: true })
          : image.png()
      await writeFile(join(root, of, name), await file.toBuffer())
    }
  }
}

/** Waves on a gradient, and a corner that is transparent where there is a fourth channel. */
function photograph(seed: number, width: number, height: number) {
  const uniform = createRng(seed, 'pictures')
  const [a, b, c] = [uniform(), uniform(), uniform()]
  return (x: number, y: number, channel: number) => {
    if (channel === 3) return x > 60 && y < 30 ? 0 : 255
    const gradient = (a * x) / width + ((1 - a) * y) / height
    return 60 + 130 * gradient + 50 * Math.sin((b + channel) * 0.1 * x + c * 0.3 * y)
  }
}

/** Dark strokes on white. */
function drawing(seed: number) {
  return (x: number, y: number) =>
    (x + (seed + 1) * y) % 37 < 6 && x > 20 && x < 55 && y > 10 && y < 50 ? 20 : 250
}

/** What training makes of the pictures, 0 … 255. */
async function trainingPixels(name: string): Promise<[file: string, pixels: Uint8Array][]> {
  const { of, ...options } = IMPORTS[name]
  const { images, skipped } = await readFolder(join(root, of), options)
  expect(skipped).toEqual([])
  return PICTURES[of].map((picture, i) => [join(root, of, picture), images[i].pixels])
}

/** Decoders of JPEG may differ by a level or two. */
const toleranceOf = (picture: string) => (picture.endsWith('jpeg') ? 3 : 1)

describe.each(['node', 'workerd'])('a training picture uploaded in its own size, %s', runtime => {
  test.each(NAMES)('the API reads an upload as training read the image: %s', async name => {
    for (const [picture, expected] of await trainingPixels(name)) {
      const form = new FormData()
      form.append('image', new Blob([new Uint8Array(await readFile(picture))]), 'picture')
      const url = `${servers[runtime].url}/v1/models/${name}-ae-l1-z2/reconstruct?compare=true&format=png`
      const answered = await pngOf(await fetch(url, { method: 'POST', body: form }))
      const { width, height } = answered
      const original = cell(answered, 0, 0, height / 2, width)
      expect(furthest(original, expected), picture).toBeLessThanOrEqual(toleranceOf(picture))
    }
  })
})

test.each(NAMES)(
  'a training picture uploaded in its own size is read by the page as training read it: %s',
  async name => {
    const context = await browser.newContext()
    const page = await context.newPage()
    const id = `${name}-ae-l1-z2`
    await page.goto(`${servers.workerd.url}/?view=reconstruct&model=${id}&among=${id}`)
    const codeOf = (url: URL) => url.searchParams.get('x') ?? ''
    let code = ''
    for (const [picture, expected] of await trainingPixels(name)) {
      await page.locator('.file:not(.camera) input[type=file]').setInputFiles(picture)
      await page.waitForURL(url => codeOf(url).startsWith('grey:') && codeOf(url) !== code)
      code = codeOf(new URL(page.url()))
      const pixels = parseImage(code, expected.length)!.map(value => value * 255)
      expect(furthest(pixels, expected), picture).toBeLessThanOrEqual(toleranceOf(picture))
    }
    await context.close()
  },
)
