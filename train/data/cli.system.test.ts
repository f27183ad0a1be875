import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decode } from 'fast-png'
import { afterAll, expect, test } from 'vitest'
import { searchFolders } from './known/known-files.ts'

const dataDir = process.env.LATENT_EDGE_DATA
const root = mkdtempSync(join(tmpdir(), 'data-cli-'))
afterAll(() => rmSync(root, { recursive: true }))

interface Ended {
  code: number
  out: string
  err: string
}

/** Runs `npm run data -- …` without npm, with an empty cache of its own and no data folder. */
function data(...args: string[]): Promise<Ended> {
  const cache = mkdtempSync(join(root, 'cache-'))
  return dataIn(cache, ...args)
}

function dataIn(cache: string, ...args: string[]): Promise<Ended> {
  const env = { ...process.env, XDG_CACHE_HOME: cache, LATENT_EDGE_DATA: '' }
  return new Promise(resolve => {
    execFile(process.execPath, [join(import.meta.dirname, 'cli.ts'), ...args], { env }, (error, out, err) =>
      resolve({ code: error ? Number(error.code) : 0, out, err }),
    )
  })
}

test('the data command describes MNIST and draws its first hundred images', async () => {
  const [sheet, sprite] = [join(root, 'sheet.png'), join(root, 'sprite.png')]
  const folder = join(root, 'idx3-files')
  mkdirSync(folder)
  const subset = ['--subset', join(folder, 'some-idx3-ubyte.gz')]
  const { code, out, err } = await data('mnist', '--sheet', sheet, '--test-sprite', sprite, ...subset)
  expect([code, err]).toEqual([0, ''])
  expect(out).toContain('mnist: 28 × 28 pixels, 10 classes\ntrain  60,000 images: 5,923 of 0, 6,742 of 1,')
  expect(out).toContain('test   10,000 images: 980 of 0, 1,135 of 1,')
  expect(out).toContain('split  as published')
  expect(readdirSync(folder)).toEqual(['some-idx1-ubyte.gz', 'some-idx3-ubyte.gz'])
  const { width, height, channels, data: pixels } = decode(readFileSync(sheet))
  expect([width, height, channels]).toEqual([884, 884, 1])
  const at = (x: number, y: number) => pixels[y * width + x]
  expect([at(0, 0), at(4 + 84, 50), at(50, 4 + 84)]).toEqual([255, 255, 255])
  // The eleventh image begins the second row: the middle of each of its pixels, against the file's own bytes.
  const [mnist] = searchFolders('mnist')
  const eleventh = readFileSync(join(mnist, 'train-images-idx3-ubyte')).subarray(16 + 10 * 784, 16 + 11 * 784)
  expect([...eleventh].map((_, i) => at(5 + (i % 28) * 3, 93 + Math.floor(i / 28) * 3))).toEqual([
    ...eleventh,
  ])
  // The last of the sprite is the hundredth test image, pixel for pixel.
  const tests = decode(readFileSync(sprite))
  expect([tests.width, tests.height, tests.channels]).toEqual([280, 280, 1])
  const hundredth = readFileSync(join(mnist, 't10k-images-idx3-ubyte')).subarray(
    16 + 99 * 784,
    16 + 100 * 784,
  )
  expect([...hundredth].map((_, i) => tests.data[(252 + Math.floor(i / 28)) * 280 + 252 + (i % 28)])).toEqual(
    [...hundredth],
  )
})

test.each<[string[], string]>([
  [['cifar'], 'error: data set: expected mnist, fashion-mnist, freyface, a folder of images'],
  [['png:/nowhere'], 'error: png: expected a folder, got /nowhere'],
  [['mnist', '--sheet', '/nowhere/a.png'], 'error: /nowhere/a.png: could not be written: ENOENT'],
  [
    ['mnist', '--split-seed', 'x'],
    "option '--split-seed <integer>' argument 'x' is invalid. Expected an integer of at least 0.",
  ],
  [
    ['fashion-mnist', '--url-base', 'nonsense'],
    'error: nonsense/fashion-mnist/train-images-idx3-ubyte.gz: download failed',
  ],
])('the data command given %s ends with an error', async (args, message) => {
  const { code, err } = await data(...args)
  expect(code).toBe(1)
  expect(err).toContain(message)
})

/** A mirror of the data folder that cuts every answer of more than 4 MB once. */
async function mirror(folder: string) {
  const asked: (string | undefined)[] = []
  const server = createServer((request, response) => {
    const range = request.headers.range
    asked.push(range)
    const whole = readFileSync(join(folder, request.url!))
    const start = Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0)
    const rest = whole.subarray(start)
    const headers = { 'content-length': rest.length }
    const partly = { ...headers, 'content-range': `bytes ${start}-${whole.length - 1}/${whole.length}` }
    response.writeHead(range ? 206 : 200, range ? partly : headers)
    if (rest.length < 4e6 || range) response.end(rest)
    else response.write(rest.subarray(0, 3e6), () => setTimeout(() => response.destroy(), 300))
  })
  await new Promise<void>(listening => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, asked, server }
}

test.skipIf(!dataDir)(
  'the data command fetches Fashion-MNIST once, over connections that break (needs LATENT_EDGE_DATA)',
  async () => {
    const { url, asked, server } = await mirror(dataDir!)
    const cache = mkdtempSync(join(root, 'cache-'))
    const first = await dataIn(cache, 'fashion-mnist', '--url-base', url)
    expect(first.err.split('\n').filter(Boolean)).toEqual(
      ['train-images-idx3', 'train-labels-idx1', 't10k-images-idx3', 't10k-labels-idx1'].map(
        file => `fetching ${url}/fashion-mnist/${file}-ubyte.gz`,
      ),
    )
    expect(first.out).toContain(
      'train  60,000 images, 6,000 of each class\ntest   10,000 images, 1,000 of each class',
    )
    expect(asked.filter(range => range !== undefined).length).toBe(2)
    expect(
      readdirSync(join(cache, 'latent-edge', 'fashion-mnist')).filter(f => f.endsWith('.partial')),
    ).toEqual([])
    const requests = asked.length
    const second = await dataIn(cache, 'fashion-mnist', '--url-base', url)
    server.close()
    expect([second.out, second.err, asked.length]).toEqual([first.out, '', requests])
  },
)
