import { parseId } from '../../models/ids.ts'
import { committedChoice, DIVERGED, TRIALS } from '../../models/paper/committed-search.ts'
import { FIGURES } from '../../models/paper/figure-list.ts'
import { type PaperRow, paperRows } from '../../models/paper/paper-rows.ts'
import {
  epochBudget,
  isSameGroup,
  RECIPE_GROUPS,
  type RecipeGroup,
  trialsOf,
} from '../../models/paper/recipe.ts'
import type {
  Curves,
  Ours,
  RecipeRow,
  Report,
  ReportRow,
  UsualRun,
  Variant,
} from '../../models/paper/report.ts'
import type { Result } from '../../models/paper/result.ts'
import { isMet, tally, verdictOf } from '../../models/paper/verdict.ts'
import { type Figure, type Summary, summarize } from '../sweep/results/summary.ts'
import { describeDifferences } from './describe-differences.ts'

/**
 * Fills the paper's tables with the figures of our results, and lists the variants that the paper does not have.
 *
 * @throws Error when results of one name were made with different settings: a mean over them would be meaningless
 */
export function makeReport(results: Result[]): Report {
  const summaries = summarize(results)
  for (const [i, { name }] of summaries.entries()) {
    if (summaries.findIndex(other => other.name === name) !== i) {
      throw new Error(
        `${name}: expected results with the same settings apart from the fold, got different settings; train the older ones again`,
      )
    }
  }
  const printed = paperRows()
  const rows = printed.map(row => makeRow(row, summaries, results))
  const ids = new Set(printed.map(({ id }) => id))
  const variants = summaries
    .filter(({ name }) => !ids.has(name))
    .map(summary => makeVariant(summary, results))
  return {
    runs: results.length,
    tally: tally(rows),
    recipes: RECIPE_GROUPS.map(describeRecipe),
    rows,
    variants,
  }
}

function describeRecipe(group: RecipeGroup): RecipeRow {
  const chosen = committedChoice(group)
  const withdrawn = DIVERGED.filter(run => isSameGroup(run, group)).map(run => run.learningRate)
  return {
    ...group,
    epochs: epochBudget(group),
    trials: trialsOf(group, TRIALS).length,
    chosen: chosen && { learningRate: chosen.learningRate, betaWarmup: chosen.betaWarmup },
    withdrawn: [...new Set(withdrawn)],
  }
}

/** Loss curves, of fold 0, of the results that a figure shows. */
export function makeCurves(results: Result[]): Curves {
  const wanted = FIGURES.filter(({ panels }) => panels.includes('losses')).flatMap(
    ({ models, curves }) => curves ?? models,
  )
  return Object.fromEntries(
    wanted.flatMap(name => {
      const curve = firstFold(name, results)?.curve
      return curve ? [[name, curve]] : []
    }),
  )
}

function makeRow(row: PaperRow, summaries: Summary[], results: Result[]): ReportRow {
  const { table, id, loss } = row
  const { data, kind, layers, latentDim, beta, prior } = parseId(id)
  const summary = summaries.find(({ name }) => name === id)
  const ours = summary ? oursOf(summary, loss, results) : null
  return {
    table,
    id,
    dataset: data as ReportRow['dataset'],
    kind,
    layers,
    latentDim,
    beta,
    prior,
    loss,
    paper: { validation: row.validation, test: row.test },
    ours,
    verdict: ours && verdictOf(table, row.test, ours.test),
    met: ours && isMet(table, row.test.mean, ours.test.mean),
  }
}

function oursOf(summary: Summary, loss: ReportRow['loss'], results: Result[]): Ours {
  const { name, n, configuration, epochs } = summary
  const isVae = configuration.architecture.kind === 'vae'
  const both = (latent: Figure['latent']) => ({
    validation: meanOf(summary, loss, 'validation', latent),
    test: meanOf(summary, loss, 'test', latent),
  })
  return {
    n,
    folds: configuration.data.folds,
    epochs: epochs[1],
    bestAtEnd: results.filter(run => run.name === name && run.savedEpoch === run.epochs).length,
    ...both(isVae ? 'sampled' : 'mu'),
    atMu: isVae ? both('mu') : null,
    kl: isVae ? meanOf(summary, 'kl', 'test', 'mu').mean : null,
    activeUnits: meanOf(summary, 'activeUnits', 'test', 'mu').mean,
    command: commandOf(name),
    weights: firstFold(name, results)?.weights ?? '',
  }
}

function makeVariant(summary: Summary, results: Result[]): Variant {
  const { name, n, configuration, epochs } = summary
  const usual = sameFolds(COMPARED_WITH[name] ?? configuration.id, name, results)
  const last = firstFold(name, results)?.curve?.at(-1)
  const isVae = configuration.architecture.kind === 'vae'
  return {
    name,
    id: configuration.id,
    differs: usual ? describeDifferences(usual.configuration, configuration) : '',
    n,
    folds: configuration.data.folds,
    epochs: epochs[1],
    training: last ? last[1] / configuration.architecture.inputDim : null,
    ...comparedFigures(summary),
    testAtMu: isVae ? lossesOf(summary, 'test', 'mu') : null,
    activeUnits: meanOf(summary, 'activeUnits', 'test', 'mu').mean,
    usual: usual?.n === n ? comparedFigures(usual) : null,
    command: commandOf(name),
  }
}

/** A variant whose prior is not one of the paper's, and the model of the tables that it is compared with. */
const COMPARED_WITH: Record<string, string> = { 'mnist-vae-l2-z2-var1x9': 'mnist-vae-l2-z2-var1x3' }

/** The results of one name on the folds that another has run on; undefined if there are none. */
function sameFolds(name: string, other: string, results: Result[]): Summary | undefined {
  const foldOf = ({ configuration }: Result) => configuration.data.fold
  const folds = results.filter(result => result.name === other).map(foldOf)
  return summarize(results.filter(result => result.name === name && folds.includes(foldOf(result))))[0]
}

/** Losses of a VAE at z drawn from its posterior, and its KL. */
function comparedFigures(summary: Summary): UsualRun {
  const isVae = summary.configuration.architecture.kind === 'vae'
  const compared = isVae ? 'sampled' : 'mu'
  return {
    validation: lossesOf(summary, 'validation', compared),
    test: lossesOf(summary, 'test', compared),
    kl: isVae ? meanOf(summary, 'kl', 'test', 'mu').mean : null,
  }
}

function lossesOf(summary: Summary, split: Figure['split'], latent: Figure['latent']): Variant['test'] {
  const [bce, mse, l1] = (['bce', 'mse', 'l1'] as const).map(
    loss => meanOf(summary, loss, split, latent).mean,
  )
  return { bce, mse, l1 }
}

function meanOf(
  { name, figures }: Summary,
  metric: Figure['name'],
  split: Figure['split'],
  latent: Figure['latent'],
) {
  const figure = figures.find(f => f.name === metric && f.split === split && f.latent === latent)
  if (!figure) throw new Error(`${name}: expected a ${metric} on ${split} at ${latent}, found none`)
  return { mean: figure.mean, std: figure.std }
}

function firstFold(name: string, results: Result[]): Result | undefined {
  return results
    .filter(result => result.name === name)
    .sort((a, b) => a.configuration.data.fold - b.configuration.data.fold)[0]
}

function commandOf(name: string): string {
  return `npm run replicate -- ${name}`
}
