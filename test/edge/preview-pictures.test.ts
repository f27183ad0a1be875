import { cp, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { decode } from 'fast-png'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildAssets, buildWorker, FOLDERS, ROOT } from '../../edge/node/build.ts'
import { startServer } from '../../edge/node/server.ts'
import { startWorkerd } from '../../edge/node/workerd.ts'
import { printImage } from '../../models/images/image-code.ts'
import { latentSizeModels } from '../../models/paper/latent-size-models.ts'
import { bytesOf, furthest, problemOf } from './read-answers.ts'

const PLACES = ['workerd', 'node'] as const
const DIGITS = 'mnist-vae-l2-z2'
const CLOTHES = 'fashion-vae-l1-z2'
/** The page's pictures of Fashion-MNIST's test images, which its sources hold. */
const IMAGES = path.join(ROOT, 'web/public/images')

let root: string
const servers = {} as Record<(typeof PLACES)[number], { url: string; stop(): Promise<void> }>
beforeAll(async () => {
  root = await mkdtemp(path.join(tmpdir(), 'latent-edge-previews-'))
  const [zoo, page, assets, worker] = ['zoo', 'page', 'assets', 'worker'].map(name => path.join(root, name))
  const paper = latentSizeModels('fashion').filter(id => !id.endsWith('z64'))
  for (const id of [DIGITS, ...paper])
    await cp(path.join(FOLDERS.zoo, id), path.join(zoo, id), { recursive: true })
  await cp(IMAGES, path.join(page, 'images'), { recursive: true })
  await buildAssets({ zoo, page, assets })
  await buildWorker({ assets, worker })
  const shared = { host: '127.0.0.1', port: 0, log: () => {} }
  servers.workerd = await startWorkerd({ ...shared, worker, assets, limit: 0 })
  const node = { models: zoo, page, rate: 0, trustProxy: false, sessionBytes: 2 ** 26 }
  servers.node = await startServer({ ...shared, ...node })
})
afterAll(async () => {
  for (const server of Object.values(servers)) await server.stop()
  await rm(root, { recursive: true, force: true })
})

const ask = (place: (typeof PLACES)[number], query: string, init?: RequestInit) =>
  fetch(`${servers[place].url}/preview.png?${query}`, init)

async function pictureOf(place: (typeof PLACES)[number], query: string) {
  const response = await ask(place, query)
  expect(response.headers.get('content-type')).toBe('image/png')
  return decode(await bytesOf(response), { checkCrc: true })
}

/** A drawing of a bar, as an address has it. */
const DRAWING = printImage(
  Float32Array.from({ length: 784 }, (_, i) => (i % 28 > 11 && i % 28 < 16 && i > 112 && i < 672 ? 1 : 0)),
  'drawing',
)

test.each([
  ['a model’s plane', `model=${DIGITS}`],
  ['the visitor’s drawing', `model=${DIGITS}&x=${DRAWING}`],
  ['the visitor’s drawing at a point', `model=${DIGITS}&z=0.5,-1&x=${DRAWING}`],
  ['the gallery', `view=gallery&model=${DIGITS}`],
  ['the paper', 'view=paper&data=fashionMnist'],
  ['the comparison of maps', `view=compare&model=${DIGITS}&other=${CLOTHES}`],
  ['the comparison of a point', `view=compare&model=${DIGITS}&z=0.5,-1`],
  ['the comparison by seed', `view=compare&model=${DIGITS}&other=${CLOTHES}&by=seed&seed=5`],
  ['the comparison by a test image', `view=compare&model=${CLOTHES}&by=image&x=test:8`],
  ['the reconstructions of a test image', `view=reconstruct&model=${CLOTHES}&x=test:8`],
  ['the reconstructions of a drawing', `view=reconstruct&model=${CLOTHES}&x=${DRAWING}`],
])('the preview picture of %s is the same in workerd and in Node', async (_, query) => {
  const [inWorkerd, inNode] = await Promise.all(PLACES.map(place => pictureOf(place, query)))
  expect([inWorkerd.width, inWorkerd.height, inWorkerd.channels]).toEqual([1200, 630, 1])
  expect(inNode).toMatchObject({ width: 1200, height: 630, channels: 1 })
  // The engines round sums differently: a pixel may be one grey level apart.
  expect(furthest(inWorkerd.data, inNode.data)).toBeLessThanOrEqual(1)
  expect(new Set(inWorkerd.data).size).toBeGreaterThan(50)
})

test.each(PLACES)(
  '%s reads a test image for its preview picture from the pictures beside the page',
  async place => {
    const picture = await pictureOf(place, `view=reconstruct&model=${CLOTHES}&x=test:8`)
    const sheet = decode(await readFile(path.join(IMAGES, 'fashion-mnist-test.png')))
    // Ten times as large: four images of 28 pixels beside each other in 1,200. The sheet has ten images in a row.
    const middle = sheet.data.subarray(14 * sheet.width + 8 * 28, 14 * sheet.width + 9 * 28)
    const enlarged = Buffer.from([...middle].flatMap(level => Array<number>(10).fill(level)))
    const rows = Array.from({ length: picture.height }, (_, y) =>
      Buffer.from(picture.data.slice(y * picture.width, (y + 1) * picture.width)),
    )
    expect(rows.filter(row => row.includes(enlarged)).length).toBeGreaterThanOrEqual(10)
  },
)

test('the preview picture of training has the page’s colours of classes on dark ground, in workerd and in Node', async () => {
  const css = await readFile(path.join(ROOT, 'web/styles/tokens.css'), 'utf8')
  const dark = css.slice(css.indexOf('prefers-color-scheme: dark'))
  const colour = (name: string) => new RegExp(`--${name}: #([0-9a-f]{6});`).exec(dark)?.[1]
  const wanted = Array.from({ length: 10 }, (_, k) => colour(`class-${k}`))
  const [inWorkerd, inNode] = await Promise.all(PLACES.map(place => pictureOf(place, 'view=train')))
  expect(inWorkerd.palette).toEqual(inNode.palette)
  expect(furthest(inWorkerd.data, inNode.data)).toBe(0)
  const palette = (inNode.palette ?? []).map(parts => Buffer.from(parts).toString('hex'))
  expect(palette[0]).toBe(colour('paper'))
  // The palette has steps from the ground to each colour; the last is the colour itself.
  const steps = (palette.length - 1) / 10
  expect(wanted.map((_, k) => palette[(k + 1) * steps])).toEqual(wanted)
})

test.each(PLACES)(
  '%s answers what has no preview picture with a problem, and an unchanged picture with 304',
  async place => {
    for (const query of [
      'view=sample',
      'view=nonsense',
      'view=__proto__',
      `view=interpolate&model=${DIGITS}`,
    ])
      expect(await problemOf(await ask(place, query))).toMatchObject({ status: 404, code: 'not-found' })
    const small = await ask(place, 'view=train&frame=600x315')
    const { width, height } = decode(await bytesOf(small))
    expect([width, height]).toEqual([600, 315])
    const tag = small.headers.get('etag') ?? ''
    const again = await ask(place, 'view=train&frame=600x315', { headers: { 'if-none-match': tag } })
    expect([again.status, again.headers.get('etag')]).toEqual([304, tag])
  },
)
