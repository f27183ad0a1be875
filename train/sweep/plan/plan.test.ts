import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parameterCount } from '../../../models/architecture.ts'
import { paperRows } from '../../../models/paper/paper-rows.ts'
import { jobCost, planJobs, shard } from './plan.ts'
import { presets } from './presets.ts'
import { planSearch } from './search-left.ts'

const preset = (name: string) => presets().find(p => p.name === name)!.settings
const paper = JSON.parse(readFileSync(new URL('../../../models/paper/tables.json', import.meta.url), 'utf8'))

test('shard partitions the runs into parts of about the same cost', async () => {
  const jobs = (await planJobs(preset('paper'), {})).map(job => ({ run: job.run, cost: jobCost(job) }))
  const runs = jobs.map(job => job.run).sort()
  const total = jobs.reduce((sum, { cost }) => sum + cost, 0)
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 30 }), count => {
      const shards = Array.from({ length: count }, (_, i) => shard(jobs, i + 1, count))
      const dealt = shards.flat().map(job => job.run)
      expect(dealt.sort()).toEqual(runs)
      const costs = shards.map(own => own.reduce((sum, { cost }) => sum + cost, 0))
      expect(Math.max(...costs)).toBeLessThan((1.5 * total) / count)
    }),
    { numRuns: 30 },
  )
})

test('planJobs gives the same order for any order of the settings', async () => {
  const runs = async (settings: ReturnType<typeof preset>) =>
    (await planJobs(settings, {})).map(job => job.run)
  expect(await runs(preset('depths').toReversed())).toEqual(await runs(preset('depths')))
})

test("every row of the paper's tables has a preset that trains a model with its number of parameters", async () => {
  const { latentDims, depths } = paper
  const cells = [latentDims, depths].flatMap(group => ['bce', 'mse', 'l1'].flatMap(loss => group[loss]))
  // Tables 3 to 8 have three data sets in a row, Tables 1 and 2 one.
  expect(paperRows()).toHaveLength(3 * cells.length + 8)
  const jobs = await planJobs(preset('paper'), { folds: [0] })
  for (const { id, group } of paperRows()) {
    expect(preset(group).map(settings => settings.id)).toContain(id)
    expect(jobs.filter(job => job.name === id)).toHaveLength(1)
  }
  for (const { model, layers, latentDim, parameters } of cells) {
    for (const [data, inputs] of [
      ['mnist', 784],
      ['fashion', 784],
      ['frey', 560],
    ]) {
      const id = `${data}-${model.toLowerCase()}-l${layers}-z${latentDim}${data === 'frey' ? '-mse' : ''}`
      const { configuration } = jobs.find(job => job.name === id)!
      expect(parameterCount(configuration.architecture)).toBe(parameters[inputs])
    }
  }
})

test("presets have the paper's protocol: ten folds, for FreyFace five", async () => {
  const jobs = await planJobs(preset('paper'), {})
  // 20 models on each data set (latent sizes 8 and 64, depths 1 to 8), and six more on MNIST.
  const count = (data: string) => jobs.filter(job => job.configuration.data.name === data).length
  expect(['mnist', 'fashion-mnist', 'freyface'].map(count)).toEqual([260, 200, 100])
  const frey = jobs.find(job => job.name === 'frey-vae-l5-z2-mse')!
  expect(frey.images).toBe(1252)
  expect(frey.configuration).toMatchObject({
    data: { folds: 5 },
    objective: { reconstruction: 'mse', beta: 1 },
    optimization: { epochs: 2000, batch: 100, learningRate: 0.001, schedule: 'constant' },
  })
  const shifted = jobs.find(job => job.name === 'mnist-vae-l2-z2-mean2x5-var3x1')!
  expect(shifted.images).toBe(54_000)
  expect(shifted.configuration).toMatchObject({
    prior: { mean: [2, 5], variance: [3, 1] },
    optimization: { epochs: 200 },
  })
})

test('planJobs keeps the chosen data, folds, seeds and epochs', async () => {
  const options = { data: ['freyface', 'mnist'], folds: [0, 7], seeds: [1, 2] }
  const jobs = await planJobs(preset('latent-dims'), {
    ...options,
    overrides: { epochs: { percent: 10 }, schedule: 'cosine' },
  })
  // Six models on each; FreyFace has no fold 7.
  expect(jobs).toHaveLength(6 * 2 * 2 + 6 * 2)
  expect(jobs[0].configuration.data.fold).toBe(0)
  expect(jobs.at(-1)!.configuration.data).toMatchObject({ name: 'mnist', fold: 7 })
  for (const { configuration } of jobs) {
    const { epochs, schedule } = configuration.optimization
    expect([epochs, schedule]).toEqual([configuration.data.name === 'mnist' ? 20 : 200, 'cosine'])
  }
  await expect(planJobs(preset('betas'), { data: ['freyface'] })).rejects.toThrow('no run remains')
})

test('planJobs keeps models by name, where * matches any text', async () => {
  const names = async (only: string[]) => [
    ...new Set((await planJobs(preset('depths'), { only, folds: [0] })).map(job => job.name)),
  ]
  expect(await names(['mnist-*-l2-z2'])).toEqual(['mnist-vae-l2-z2', 'mnist-ae-l2-z2'])
  // A dot stands for itself only, and the whole name has to match.
  expect(await names(['frey-ae-l3-z2-mse', 'mnist-ae-l.-z2', 'frey-ae-l4'])).toEqual(['frey-ae-l3-z2-mse'])
})

test('planJobs puts the word of a variant after the id', async () => {
  const base = { id: 'mnist-vae-l2-z2', epochs: 2 }
  const jobs = await planJobs([base, { ...base, variant: 'long', epochs: 9 }], { folds: [0] })
  expect(jobs.map(job => job.run).sort()).toEqual([
    'mnist-vae-l2-z2-fold0-seed1',
    'mnist-vae-l2-z2-long-fold0-seed1',
  ])
})

test('planJobs names models that share an id by the settings that differ, and keeps equal ones once', async () => {
  const base = { id: 'mnist-vae-l2-z2', epochs: 2 }
  const settings = [base, { ...base, lr: 0.004 }, { ...base, lr: 1e-7 }, { ...base, id: 'mnist-ae-l2-z2' }]
  const jobs = await planJobs(settings, { folds: [3] })
  expect(jobs.map(job => job.run).sort()).toEqual([
    'mnist-ae-l2-z2-fold3-seed1',
    'mnist-vae-l2-z2-lr0.004-fold3-seed1',
    'mnist-vae-l2-z2-lr1em7-fold3-seed1',
  ])
})

test('planJobs names the run whose settings contradict each other', async () => {
  const settings = [{ id: 'mnist-ae-l2-z2' }, { id: 'mnist-ae-l2-z2', output: 'relu' as const }]
  await expect(planJobs(settings, {})).rejects.toThrow(
    'run 2 (mnist-ae-l2-z2): architecture.output: expected sigmoid',
  )
  await expect(planJobs([{ layers: 2 }], {})).rejects.toThrow('run 1: expected an id or "data", got neither')
})

test('planJobs runs as many folds as a run says, unless folds are chosen', async () => {
  const settings = [{ id: 'mnist-ae-l1-z2' }, { id: 'frey-ae-l3-z2-mse', runFolds: 3 }]
  const folds = async (options: { folds?: number[] }) =>
    Object.groupBy(await planJobs(settings, options), job => job.name)
  const usual = await folds({})
  expect(usual['mnist-ae-l1-z2']).toHaveLength(10)
  expect(usual['frey-ae-l3-z2-mse']!.map(job => job.configuration.data.fold)).toEqual([0, 1, 2])
  expect((await folds({ folds: [4] }))['frey-ae-l3-z2-mse']).toHaveLength(1)
})

test('the replication runs every decided model of one or two layers on all folds and deeper ones on three', async () => {
  const jobs = await planJobs(preset('replication'), {})
  for (const [name, runs] of Map.groupBy(jobs, job => job.name)) {
    const { architecture, data } = runs[0].configuration
    expect({ name, runs: runs.length }).toEqual({ name, runs: architecture.layers < 3 ? data.folds : 3 })
  }
})

test('the models of the tables are those of the replication and those that wait for the search', async () => {
  const { waiting, groups, trials } = await planSearch({})
  const names = [...waiting, ...(await planJobs(preset('replication'), {}))].map(job => job.name)
  expect([...new Set(names)].sort()).toEqual([...new Set(paperRows().map(({ id }) => id))].sort())
  expect(trials.length).toBeGreaterThanOrEqual(groups)
})
