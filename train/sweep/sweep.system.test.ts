import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { afterAll, expect, test } from 'vitest'
import { Result, runName } from '../../models/paper/result.ts'
import { encodeIdx } from '../data/idx.ts'
import { loadDataset } from '../data/load-dataset.ts'
import { configure } from '../fit/choices.ts'
import { fitModel } from '../fit/fit.ts'
import { loadRun } from '../fit/run.ts'
import { defaultChoices } from '../fit/run-options.ts'
import type { EpochRecord } from '../step/run/record.ts'
import { planJobs } from './plan/plan.ts'
import { presets } from './plan/presets.ts'
import { planSearch } from './plan/search-left.ts'
import { loadResults } from './results/result-files.ts'

const root = mkdtempSync(join(tmpdir(), 'sweep-'))
afterAll(() => rmSync(root, { recursive: true }))

/** 60 images of 6 × 6 pixels, each with a bright spot at another place. */
const images = join(root, 'spots')
writeFileSync(images, encodeIdx({ dims: [60, 6, 6], data: spots(60, 6) }))
const data = `idx:${images}`
const common = { data, folds: 3, batch: 8, latent: 2, layers: 1 }

function spots(count: number, side: number): Uint8Array {
  return Uint8Array.from({ length: count * side * side }, (_, i) => {
    const [image, row, column] = [Math.floor(i / side ** 2), Math.floor(i / side) % side, i % side]
    return 255 * Math.exp(-((row - (image % 6)) ** 2 + (column - (image % 5)) ** 2) / 3)
  })
}

/** Writes a sweep file into a new folder. */
function folder(name: string, content: object) {
  const at = join(root, name)
  const file = `${at}.json`
  writeFileSync(file, JSON.stringify(content))
  const paths = { out: join(at, 'runs'), results: join(at, 'results') }
  const args = [file, '--out', paths.out, '--results', paths.results, '--workers', '2']
  return { ...paths, start: (...more: string[]) => start([...args, ...more]) }
}

/** Runs `npm run sweep -- …` without npm, or another command. */
function start(args: string[], command = 'cli.ts') {
  const env = { ...process.env, NODE_COMPILE_CACHE: join(root, 'cache') }
  const child = spawn(process.execPath, [join(import.meta.dirname, command), ...args], { env })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (output += chunk))
  const ended = new Promise<{ code: number | null; output: string }>(resolve =>
    child.on('close', code => resolve({ code, output })),
  )
  return { child, ended }
}

async function until<T>(look: () => T | false | null | undefined, child?: ChildProcess): Promise<T> {
  for (;;) {
    const found = look()
    if (found) return found
    if (child && child.exitCode !== null) throw new Error('the sweep ended before')
    await new Promise(resolve => setTimeout(resolve, 10))
  }
}

const read = (path: string) => (existsSync(path) ? readFileSync(path, 'utf8') : '')
const epochsOf = (directory: string) => read(join(directory, 'metrics.jsonl')).split('\n').length - 1

test('replicate trains a result again by its name to the same bits', async () => {
  const sweep = folder('again', {
    defaults: { ...common, epochs: 2 },
    runs: [{ kind: 'vae', betaWarmup: 1 }],
  })
  await sweep.start('--folds', '1').ended
  const name = 'spots-vae-l1-z2'
  const path = join(sweep.results, `${name}-fold1-seed1.json`)
  const replicate = (...args: string[]) =>
    start([name, '--results', sweep.results, ...args], '../paper/replicate-cli.ts').ended
  const same = await replicate('--fold', '1')
  expect(same).toMatchObject({ code: 0, output: expect.stringContaining('now: the same') })
  // A result with another hash is reported, and so is a missing one.
  const { weights } = Result.parse(JSON.parse(read(path)))
  writeFileSync(path, read(path).replace(weights, weights.replace(/./g, 'a')))
  expect(await replicate('--fold', '1')).toMatchObject({
    code: 2,
    output: expect.stringContaining('other weights'),
  })
  expect(await replicate('--fold', '0')).toMatchObject({
    code: 1,
    output: expect.stringContaining('expected a result'),
  })
})

test('a result keeps its loss curve, thinned to a hundred points', async () => {
  const sweep = folder('curve', { defaults: { ...common, epochs: 250 }, runs: [{ kind: 'ae' }] })
  await sweep.start('--folds', '0').ended
  const run = 'spots-ae-l1-z2-fold0-seed1'
  const { curve } = Result.parse(JSON.parse(read(join(sweep.results, `${run}.json`))))
  const epochs = read(join(sweep.out, run, 'metrics.jsonl'))
    .trim()
    .split('\n')
    .map(line => JSON.parse(line))
  expect(curve).toHaveLength(100)
  expect([curve![0][0], curve![99][0]]).toEqual([1, 250])
  for (const [epoch, train, validation] of curve!) {
    const record = epochs[epoch - 1] as EpochRecord
    expect(train / record.train.loss).toBeCloseTo(1, 5)
    expect(validation / record.validation.loss).toBeCloseTo(1, 5)
  }
})

test('sweep trains a grid, records it, and does nothing the second time', async () => {
  const sweep = folder('grid', {
    defaults: { ...common, epochs: 2 },
    grid: { kind: ['ae', 'vae'] },
  })
  const first = await sweep.start('--folds', '0').ended
  expect(first).toMatchObject({ code: 0, output: expect.stringContaining('2 of 2 runs finished') })
  const names = ['ae', 'vae'].map(kind => `spots-${kind}-l1-z2-fold0-seed1`)
  expect(readdirSync(sweep.results)).toEqual(names.map(name => `${name}.json`).sort())
  const paths = names.map(name => join(sweep.results, `${name}.json`))
  const testImages = (await loadDataset(data)).test.count
  expect(testImages).toBeGreaterThan(5)
  for (const [i, path] of paths.entries()) {
    const result = Result.parse(JSON.parse(read(path)))
    const run = await loadRun(join(sweep.out, names[i]))
    expect(result).toMatchObject({ status: 'finished', epochs: 2, weights: run!.weights })
    const test = run!.evaluations.find(e => e.split === 'test' && e.latent === 'mu')!
    expect(result.metrics).toContainEqual({
      name: 'mse',
      unit: 'squared intensity per pixel',
      split: 'test',
      images: testImages,
      latent: 'mu',
      value: test.mse,
    })
    expect(readdirSync(join(sweep.out, names[i])).sort()).toEqual(
      ['decoder', 'encoder', 'events', 'metrics.jsonl', 'run.json', 'worker.log'].sort(),
    )
  }
  const times = paths.map(path => statSync(path).mtimeMs)
  const second = await sweep.start('--folds', '0').ended
  expect(second.code).toBe(0)
  expect(second.output).toContain('2 runs, 2 finished before')
  expect(second.output).not.toMatch(/^finished /m)
  expect(paths.map(path => statSync(path).mtimeMs)).toEqual(times)
  const other = await sweep.start('--folds', '0', '--epochs', '3').ended
  expect(other.code).toBe(1)
  expect(other.output).toContain('error: 2 runs were made with other settings')
  expect(other.output).toContain('optimization.epochs: the run has 2, asked for 3')
})

test('sweep gives the same bits after SIGKILL of its worker, Ctrl-C, and SIGKILL of itself', async () => {
  const sweep = folder('broken', { runs: [{ ...common, kind: 'vae', epochs: 100 }] })
  const directory = join(sweep.out, 'spots-vae-l1-z2-fold1-seed1')
  const begin = () => sweep.start('--folds', '1')

  const first = begin()
  await until(() => epochsOf(directory) >= 3, first.child)
  const { pid } = JSON.parse(read(join(directory, 'lock')))
  process.kill(pid, 'SIGKILL')
  const other = await until(() => {
    const lock = read(join(directory, 'lock'))
    return lock.endsWith('}') && JSON.parse(lock).pid !== pid && JSON.parse(lock).pid
  }, first.child)
  expect(other).not.toBe(pid)
  const reached = epochsOf(directory)
  await until(() => epochsOf(directory) > reached + 2, first.child)
  first.child.kill('SIGINT')
  expect(await first.ended).toMatchObject({ code: 130, output: expect.stringContaining('interrupted') })
  expect((await loadRun(directory))!.status).toBe('interrupted')

  const second = begin()
  const again = epochsOf(directory)
  await until(() => epochsOf(directory) > again + 2, second.child)
  second.child.kill('SIGKILL')
  await until(() => !existsSync(join(directory, 'lock')))

  const before = (await loadRun(directory))!
  expect(before.epochs).toBeGreaterThanOrEqual(again)
  expect(before.epochs).toBeLessThan(100)
  expect(await begin().ended).toMatchObject({ code: 0, output: expect.stringContaining('1 of 1 runs') })
  const run = (await loadRun(directory))!
  const configuration = configure(
    null,
    { ...defaultChoices(), ...common, kind: 'vae', epochs: 100, fold: 1 },
    { height: 6, width: 6, name: 'spots' },
  )
  expect(run.configuration).toEqual(configuration)
  const whole = await fitModel({
    configuration,
    dataset: await loadDataset(data, configuration.data),
    directory: join(root, 'whole'),
    resume: false,
  })
  expect(run.weights).toBe(whole.weights)
  expect(run.evaluations).toEqual(whole.evaluations)
  expect(epochsOf(directory)).toBe(100)
})

test('fitModel stops a resumed run at the epoch that stops it early', async () => {
  // The steps are too small to change a weight: epoch 1 stays the best, and patience ends training at epoch 3.
  const choices = { ...defaultChoices(), ...common, kind: 'ae' as const, lr: 1e-30, patience: 2 }
  const configuration = configure(null, choices, { height: 6, width: 6, name: 'spots' })
  const dataset = await loadDataset(data, configuration.data)
  const trainIn = (name: string, resume: boolean, onEpoch?: (record: EpochRecord) => void) =>
    fitModel({ configuration, dataset, directory: join(root, name), resume, onEpoch })
  const whole = await trainIn('early', false)
  expect(whole).toMatchObject({ status: 'stopped early', epochs: 3 })
  const cut = trainIn('cut', false, ({ epoch }) => {
    if (epoch === 3) throw new Error('as if killed')
  })
  await expect(cut).rejects.toThrow('as if killed')
  const resumed = await trainIn('cut', true)
  expect(resumed).toMatchObject({ status: 'stopped early', epochs: 3, weights: whole.weights })
})

test('sweep reports a failed run, trains the others, and tries it again with --retry-failed', async () => {
  const sweep = folder('failing', {
    defaults: { ...common, kind: 'ae', loss: 'mse', epochs: 2 },
    runs: [{ output: 'identity', lr: 1e30 }, { lr: 0.01 }],
  })
  const { code, output } = await sweep.start('--folds', '0').ended
  expect(code).toBe(1)
  expect(output).toMatch(/^failed {6}\S+ .*\n {12}the loss is not a finite number/m)
  const [log] = output.match(/\S+worker\.log/)!
  expect(read(log)).toContain('the loss is not a finite number')
  expect(output).toContain('1 of 2 runs finished, 1 failed')
  expect(readdirSync(sweep.results)).toHaveLength(1)
  const size = read(log).length
  const second = await sweep.start('--folds', '0').ended
  expect(second.output).toContain('1 finished before, 1 failed before (--retry-failed trains them again)')
  expect([second.code, read(log).length]).toEqual([1, size])
  const third = await sweep.start('--folds', '0', '--retry-failed').ended
  expect(third).toMatchObject({ code: 1, output: expect.stringContaining('1 of 2 runs finished, 1 failed') })
  expect(read(log).length).toBeGreaterThan(size)
})

test('two sweeps at once in one folder train each run once', async () => {
  const sweep = folder('twice', { defaults: { ...common, epochs: 20 }, grid: { kind: ['ae', 'vae'] } })
  const both = await Promise.all([0, 1].map(() => sweep.start('--folds', '2', '--workers', '1').ended))
  const finished = both.flatMap(({ output }) => output.match(/^finished +\S+/gm) ?? [])
  expect(finished.sort()).toEqual([
    'finished    spots-ae-l1-z2-fold2-seed1',
    'finished    spots-vae-l1-z2-fold2-seed1',
  ])
  for (const run of readdirSync(sweep.out).filter(name => name.startsWith('spots'))) {
    expect(epochsOf(join(sweep.out, run))).toBe(20)
    expect(read(join(sweep.out, run, 'worker.log')).match(/^epoch 1:/gm)).toHaveLength(1)
  }
})

test('the list counts a preset’s runs and those to do, and what waits for the search', async () => {
  const results = 'models/paper/results'
  const { code, output } = await start(['replication', '--list', '--workers', '1', '--results', results])
    .ended
  expect(code, output).toBe(0)
  const planned = await planJobs(presets().find(({ name }) => name === 'replication')!.settings, {})
  const recorded = new Map((await loadResults(results)).map(result => [runOf(result), result.configuration]))
  const left = planned.filter(
    ({ run, configuration }) => !isDeepStrictEqual(recorded.get(run), configuration),
  )
  const models = new Set(planned.map(({ name }) => name)).size
  expect(output).toMatch(
    new RegExp(`replication +${models} +${planned.length} +${left.length} +\\d+\\.\\d  the same models`),
  )
  const { groups, waiting } = await planSearch({})
  if (groups > 0)
    expect(output).toContain(`${new Set(waiting.map(({ name }) => name)).size} models of replication wait`)
  expect(output).toMatch(/at the [\d,]+ images\/s of mnist-vae-l2-z2 just measured on one core/)
})

const runOf = ({ name, configuration }: Result) => runName(name, configuration.data.fold, configuration.seed)
