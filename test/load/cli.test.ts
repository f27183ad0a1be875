import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { type Histogram, HistogramLogReader } from 'hdr-histogram-js'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type NodeServer, startServer } from '../../edge/node/server.ts'
import { launchBrowser } from '../support/browser.ts'
import { LoadResult } from './result/result.ts'

const ID = 'mnist-vae-l2-z2'
const KINDS = [
  'sample-1-png',
  'sample-1-f32',
  'sample-16-png',
  'sample-16-f32',
  'sample-linked',
  'interpolate-apng',
  'interpolate-json',
  'grid',
  'decode',
  'card',
  'decoder',
  'reconstruct',
]

let server: NodeServer
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'load-'))
  server = await startServer({
    host: '127.0.0.1',
    port: 0,
    models: 'models/zoo',
    rate: 0,
    trustProxy: false,
    sessionBytes: 64e6,
    log: () => {},
  })
})
afterAll(async () => {
  await server.stop(0)
  await rm(folder, { recursive: true })
})

interface Ended {
  code: number | null
  stdout: string
  stderr: string
}

/** Runs the command to its end, or interrupts it once it has said `interrupt`. */
async function load(args: readonly string[], interrupt?: RegExp): Promise<Ended> {
  const child = spawn(process.execPath, ['test/load/cli.ts', ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  const ended: Ended = { code: null, stdout: '', stderr: '' }
  child.stdout.on('data', chunk => (ended.stdout += chunk))
  child.stderr.on('data', chunk => {
    ended.stderr += chunk
    if (!child.killed && interrupt?.test(ended.stderr)) child.kill('SIGINT')
  })
  ended.code = (await once(child, 'close'))[0]
  return ended
}

const inFolder = (name: string) => path.join(folder, name)

test('npm run load sends each kind of request to this API, and saves, compares and plots the result', async () => {
  const args = ['--target', server.url, '--model', ID, '--seconds', '1', '--scale', '3']
  args.push('--spacing', 'constant')
  const limits = ['--threshold', 'errors<=0%,lag<10s']
  const first = await load([...args, ...limits, '--json', '--save', inFolder('a.json')])
  expect(first.stderr).not.toContain('not as expected')
  const result = LoadResult.parse(JSON.parse(first.stdout))
  expect(first.code).toBe(0)
  expect(result).toMatchObject({ requests: 30, failed: 0, details: [], interrupted: false, seconds: 1 })
  expect(result.kinds.map(kind => kind.name)).toEqual(KINDS)
  expect(result.scenario).toBe(ID)
  expect(LoadResult.parse(JSON.parse(await readFile(inFolder('a.json'), 'utf8')))).toEqual(result)

  const more = ['--baseline', inFolder('a.json'), '--report', inFolder('a.html')]
  const hlog = ['--hlog', inFolder('a.hlog'), '--threshold', 'decode:max<0.001ms,errors<1%']
  const second = await load([...args, ...more, ...hlog])
  expect(second.stderr).toMatch(/^missed: decode:max<0\.001ms: (got [\d.]+ ms|it was not measured)$/m)
  expect(second.code).toBe(99)
  expect(second.stdout).toMatch(/throughput +[\d.]+\/s +[\d.]+\/s +×\d+\.\d\d/)

  const other = await load([...args, '--baseline', inFolder('a.json'), '--only', 'card,grid', '--scale', '1'])
  expect(other.code).toBe(2)
  expect(other.stderr).toContain('scale: the baseline has 3, this run 1')
  expect(other.stderr).toContain('requests: the baseline has sample-1-png,')
  await checkPage(inFolder('a.html'))
  await checkHdrLog(inFolder('a.hlog'))
})

/** Reads the log with the library that other tools use. */
async function checkHdrLog(file: string): Promise<void> {
  const reader = new HistogramLogReader(await readFile(file, 'utf8'))
  let values = 0
  for (
    let histogram = reader.nextIntervalHistogram();
    histogram;
    histogram = reader.nextIntervalHistogram()
  ) {
    values += (histogram as Histogram).totalCount
  }
  expect(values).toBe(30)
}

/** Checks that the report loads no other resource, fits a phone, and shows the figures under the pointer. */
async function checkPage(file: string): Promise<void> {
  const browser = await launchBrowser()
  const page = await browser.newPage({ viewport: { width: 390, height: 800 } })
  const asked: string[] = []
  const wrong: string[] = []
  page.on('request', request => asked.push(request.url()))
  page.on('pageerror', error => wrong.push(error.message))
  await page.goto(`file://${file}`)
  expect(await page.locator('figure svg').count()).toBe(4)
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390)
  await page.locator('figure .plot').first().hover()
  expect(await page.locator('.tip').textContent()).toMatch(/p50 [\d.]+ m?s {3}p99/)
  await browser.close()
  expect([asked, wrong]).toEqual([[`file://${file}`], []])
}

test('Ctrl-C ends a run early with the figures so far; the first unexpected reply is reported', async () => {
  const scenario = inFolder('missing.json')
  await writeFile(scenario, JSON.stringify({ requests: [{ name: 'missing', path: '/no-such-page' }] }))
  const args = ['--target', server.url, '--profile', 'soak', '--json', '--scenario', scenario]
  const { code, stdout, stderr } = await load(args, /not as expected/)
  expect(stderr).toContain('missing: status: expected 200, got 404')
  expect(LoadResult.parse(JSON.parse(stdout))).toMatchObject({ interrupted: true, planned: 1800 })
  expect(code).toBe(130)
})

test.each([
  [['--target', 'http://10.1.2.3'], 3, 'got 10.1.2.3. Nothing was sent.'],
  [['--target', 'http://127.0.0.1:1'], 3, 'Nothing answers at http://127.0.0.1:1/ (ECONNREFUSED)'],
  [
    ['--target', 'http://127.0.0.1', '--profile', 'flood'],
    2,
    'Allowed choices are smoke, steady, spike, soak',
  ],
  [['--target', 'http://127.0.0.1', '--threshold', 'p98<1'], 2, 'got p98<1'],
  [['--target', 'http://127.0.0.1', '--scenario', 'package.json'], 2, 'package.json: requests: '],
  [['--target', 'http://127.0.0.1', '--baseline', 'package.json'], 2, 'package.json: format:'],
] as const)('npm run load %j ends with %i', async (args, code, message) => {
  const ended = await load(args)
  expect(ended.stderr).toContain(message)
  expect(ended).toMatchObject({ code, stdout: '' })
})

test('--k6 writes JavaScript with the same stages, requests and thresholds', async () => {
  const script = inFolder('k6.mjs')
  const limits = ['--threshold', 'p99<250ms,errors<=1%']
  expect((await load(['--target', server.url, '--model', ID, '--k6', script, ...limits])).code).toBe(0)
  // k6's own modules are not available here: their imports are removed, and the tables of the script are checked.
  const text = (await readFile(script, 'utf8')).replace(/^import (\w+|\{ \w+ \}) from 'k6.*$/gm, '')
  const plain = inFolder('plain.mjs')
  const stand = "const __ENV = { TARGET: 'http://127.0.0.1:1', PROFILE: 'spike' }; class Rate {}\n"
  await writeFile(
    plain,
    `${stand}const encoding = { b64decode: text => Buffer.from(text, 'base64') }\n${text}\n` +
      'console.log(JSON.stringify({ options, kinds: KINDS.map(kind => kind.name), path: fill(KINDS[0].path), posted: bodies.at(-1).length }))',
  )
  await run(['--check', script])
  const { options, kinds, path: filled, posted } = JSON.parse(await run([plain]))
  expect(kinds).toEqual(KINDS)
  expect(filled).toMatch(/^\/v1\/models\/mnist-vae-l2-z2\/sample\?n=1&seed=\d+&scale=4&format=png$/)
  expect(posted).toBeGreaterThan(100)
  const scenarios = Object.values(options.scenarios as Record<string, Record<string, unknown>>)
  expect(
    scenarios.map(({ startTime, duration, rate, timeUnit }) => [startTime, duration, rate, timeUnit]),
  ).toEqual([
    ['0s', '5s', 2000, '100s'],
    ['5s', '15s', 2000, '100s'],
    ['20s', '10s', 10_000, '100s'],
    ['30s', '25s', 2000, '100s'],
  ])
  expect(options.thresholds['unexpected{counted:yes}']).toContain('rate<=0.01')
})

async function run(args: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, (error, stdout) => (error ? reject(error) : resolve(stdout)))
  })
}
