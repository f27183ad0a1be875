import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { expect, test } from 'vitest'
import allFrames from '../../models/paper/all-frames.json' with { type: 'json' }
import { paperRows } from '../../models/paper/paper-rows.ts'
import type { Divergence, RecipeGroup, Trial } from '../../models/paper/recipe.ts'
import type { ReportRow } from '../../models/paper/report.ts'
import { type Result, runName } from '../../models/paper/result.ts'
import { isMet, misses, tally, verdictOf } from '../../models/paper/verdict.ts'
import { planJobs } from '../sweep/plan/plan.ts'
import { presets } from '../sweep/plan/presets.ts'
import { loadResults } from '../sweep/results/result-files.ts'
import { replaceSummary } from './readme-section.ts'
import { reportFiles } from './report-files.ts'
import { missed } from './report-tables.ts'

const MODELS = 'models/paper'
const RESULTS = join(MODELS, 'results')

test('npm run report on the committed results gives the committed tables', async () => {
  const { files, report } = reportFiles(await loadResults(RESULTS))
  const readme = readFileSync('README.md', 'utf8')
  expect(readme, 'README.md: run npm run report').toBe(replaceSummary(readme, report, allFrames))
  for (const [path, text] of Object.entries(files)) {
    expect(readFileSync(join(MODELS, path), 'utf8'), `models/${path}: run npm run report`).toBe(text)
  }
})

test('every committed result has the settings that the presets replication and variants plan for it', async () => {
  const settings = ['replication', 'variants'].flatMap(
    name => presets().find(preset => preset.name === name)!.settings,
  )
  const planned = new Map((await planJobs(settings, {})).map(job => [job.run, job.configuration]))
  for (const { name, configuration } of await loadResults(RESULTS)) {
    const run = runName(name, configuration.data.fold, configuration.seed)
    expect({ name, configuration }).toEqual({ name, configuration: planned.get(run) })
  }
})

/** Read from the tables without the code that chooses: the least validation loss at a rate below those that diverged. */
test('a result not by the protocol has the rate of the search’s least validation loss, and its warm-up of beta unless named nowarmup', async () => {
  const trials = JSON.parse(readFileSync(join(MODELS, 'search.json'), 'utf8')) as Trial[]
  const diverged = JSON.parse(readFileSync(join(MODELS, 'diverged.json'), 'utf8')) as Divergence[]
  for (const { name, configuration } of await loadResults(RESULTS)) {
    if (name.endsWith('-paper')) continue
    const { data, architecture, optimization } = configuration
    const isOwn = (row: RecipeGroup) =>
      row.dataset === data.name &&
      row.kind === architecture.kind &&
      row.layers === architecture.layers &&
      row.latentDim === architecture.latentDim
    const below = Math.min(...diverged.filter(isOwn).map(run => run.learningRate))
    const losses = trials
      .filter(trial => isOwn(trial) && trial.learningRate < below)
      .map(trial => ({ ...trial, loss: trial.validation ?? Number.POSITIVE_INFINITY }))
      .sort((a, b) => a.loss - b.loss)
    const { learningRate, epochs, betaWarmup } = optimization
    const share = name.endsWith('-nowarmup') ? 0 : losses[0].betaWarmup
    expect({ name, learningRate, betaWarmup }).toEqual({
      name,
      learningRate: losses[0].learningRate,
      betaWarmup: share * epochs,
    })
  }
})

/** The lines of the committed results.csv, by column. */
const csvLines = () =>
  parse<Record<string, string>>(readFileSync(join(MODELS, 'results.csv')), { columns: true })

test('results.csv has each row of each table of the paper beside the figure of ours that is compared with it', async () => {
  const { report } = reportFiles(await loadResults(RESULTS))
  const printed = csvLines()
    .filter(({ split, kind, z }) => split === 'test' && z === (kind === 'vae' ? 'sampled' : 'mu'))
    .filter(line => line.paper_table !== '')
    .map(line => [
      line.paper_table,
      line.model,
      line.metric,
      line.paper_mean,
      line.paper_std,
      line.mean,
      line.n,
    ])
  const wanted = report.rows.map(({ table, id, loss, paper: { test }, ours }) =>
    [table, id, loss, test.mean, test.std, ours!.test.mean, ours!.n].map(String),
  )
  expect(printed.toSorted()).toEqual(wanted.toSorted())
})

test('results.csv names the recipe of a run without the warm-up that the search chose other than the search’s', () => {
  const recipes = new Map(csvLines().map(({ model, recipe }) => [model, recipe]))
  expect(recipes.get('frey-vae-l6-z2-mse')).toBe('search')
  expect(recipes.get('frey-vae-l6-z2-mse-nowarmup')).toBe('other')
  expect(recipes.get('frey-ae-l4-z2-mse-contiguous')).toBe('search')
  for (const [model, recipe] of recipes) expect(recipe === 'protocol', model).toBe(model.endsWith('-paper'))
})

test('results.csv gives a standard deviation for three folds or more, and for no fewer', () => {
  for (const { model, metric, n, std } of csvLines())
    expect(std !== '', `${model}, ${metric}`).toBe(Number(n) > 2)
})

test('no result by the recipe of the search ends its course above where it was after the first epoch', async () => {
  const tables = new Set(paperRows().map(({ id }) => id))
  for (const { name, configuration, curve } of await loadResults(RESULTS)) {
    if (!tables.has(name)) continue
    const [first, last] = [curve?.at(0), curve?.at(-1)].map(point => point?.[2])
    expect(last, `${name}, fold ${configuration.data.fold}: run npm run sweep -- search`).toBeLessThanOrEqual(
      first as number,
    )
  }
})

/** Read again without the code under test: the plain mean of the numbers in the files. */
test('a cell of the report is the mean of its result files, with their number', async () => {
  const { report } = reportFiles(await loadResults(RESULTS))
  const id = 'mnist-vae-l1-z2'
  const values = readdirSync(RESULTS)
    .filter(file => new RegExp(`^${id}-fold\\d+-seed\\d+\\.json$`).test(file))
    .map(file => JSON.parse(readFileSync(join(RESULTS, file), 'utf8')) as Result)
    .map(
      ({ metrics }) =>
        metrics.find(m => m.name === 'l1' && m.split === 'test' && m.latent === 'sampled')!.value,
    )
  const row = report.rows.find(each => each.id === id && each.loss === 'l1')!
  expect(row.ours?.n).toBe(values.length)
  expect(row.ours?.test.mean).toBeCloseTo((values as number[]).reduce((a, b) => a + b) / values.length, 12)
  expect(row.paper.test).toEqual({ mean: 0.126, std: 0.00024 })
})

test('the report has all rows of the paper: 188 figures on test images', async () => {
  const { report } = reportFiles(await loadResults(RESULTS))
  expect(report.tally.of).toBe(20 * 3 * 3 + 4 + 4)
  expect(report.rows).toHaveLength(4 + 4 + 6 * 9 + 16 * 9)
})

test('isMet compares means rounded to the paper’s decimals', () => {
  expect(isMet(6, 0.183, 0.18349)).toBe(true)
  expect(isMet(6, 0.183, 0.18351)).toBe(false)
  // Table 1 has four decimals.
  expect(isMet(1, 0.1837, 0.18374)).toBe(true)
  expect(isMet(1, 0.1837, 0.18376)).toBe(false)
})

test('verdictOf needs a difference above both deviations and half a unit of the last decimal', () => {
  const paper = { mean: 0.2, std: 0.0001 }
  expect(verdictOf(6, paper, { mean: 0.2004, std: null })).toBe('level')
  expect(verdictOf(6, paper, { mean: 0.2006, std: null })).toBe('worse')
  expect(verdictOf(6, paper, { mean: 0.199, std: null })).toBe('better')
  expect(verdictOf(6, paper, { mean: 0.199, std: 0.002 })).toBe('level')
  expect(verdictOf(6, { mean: 0.2, std: 0.002 }, { mean: 0.199, std: null })).toBe('level')
})

const row = (table: number, id: string, loss: ReportRow['loss'], test: number): ReportRow => ({
  table,
  id,
  dataset: 'mnist',
  kind: 'ae',
  layers: 1,
  latentDim: 2,
  beta: 0,
  prior: { mean: [0, 0], variance: [1, 1] },
  loss,
  paper: { validation: { mean: 0.2, std: 0 }, test: { mean: 0.2, std: 0 } },
  ours: {
    n: 1,
    folds: 10,
    epochs: 1,
    bestAtEnd: 1,
    validation: { mean: test, std: null },
    test: { mean: test, std: null },
    atMu: null,
    kl: null,
    activeUnits: 2,
    command: '',
    weights: '',
  },
  verdict: verdictOf(table, { mean: 0.2, std: 0 }, { mean: test, std: null }),
  met: isMet(table, 0.2, test),
})

test('tally and missed count a model listed in two tables once', () => {
  const rows = [
    row(3, 'a', 'bce', 0.3),
    row(6, 'a', 'bce', 0.3),
    row(6, 'b', 'bce', 0.1),
    row(1, 'b', 'bce', 0.2),
  ]
  expect(tally(rows)).toEqual({ of: 3, run: 3, met: 2, better: 1, level: 1, worse: 1 })
  expect(missed({ runs: 0, tally: tally(rows), rows, recipes: [], variants: [] })).toEqual([
    'Table 3, a, bce: 0.3000, paper 0.200 (+0.1000, 50.0%)',
  ])
})

test('tally counts the figures of Table 1 and Table 6 of one model separately', () => {
  const rows = [row(1, 'a', 'bce', 0.21), row(6, 'a', 'bce', 0.3)]
  expect(tally(rows)).toMatchObject({ of: 2, met: 0 })
  expect(misses(rows).map(miss => miss.row.table)).toEqual([6, 1])
})

test('reportFiles refuses results of one name with different settings', async () => {
  const [first] = await loadResults(RESULTS)
  const other = structuredClone(first)
  other.configuration.optimization.epochs += 1
  expect(() => reportFiles([first, other])).toThrow('different settings')
  expect(() => reportFiles([])).toThrow('no results')
})
