import { availableParallelism } from 'node:os'
import type { Command } from 'commander'
import { dataDirOption, integer } from '../../../export/command/options.ts'
import { writeAtomic } from '../../../export/files/write-atomic.ts'
import {
  chosenTrial,
  type Divergence,
  RECIPE_GROUPS,
  type RecipeGroup,
  type Trial,
} from '../../../models/paper/recipe.ts'
import type { Result } from '../../../models/paper/result.ts'
import { indices, names } from '../parse-options.ts'
import { loadResults, RESULTS_FOLDER } from '../results/result-files.ts'
import { findDivergences, loadDivergences } from './divergence.ts'
import { formatByGroup, loadTrials, searchRecipes } from './recipe-search.ts'

interface SearchFlags {
  data?: string[]
  layers?: number[]
  table: string
  diverged: string
  results: string
  workers: number
  out: string
  dataDir?: string
}

const TABLE = 'models/paper/search.json'
const DIVERGED = 'models/paper/diverged.json'

/** Adds the command `search` to `npm run sweep --`. */
export function addSearchCommand(program: Command): void {
  program
    .command('search')
    .description(
      'Search the recipe of each data set, kind, depth and latent size on a validation fold, and write every trial to a table.',
    )
    .option('--data <names>', 'only these data sets: mnist,fashion-mnist,freyface', names)
    .option('--layers <list>', 'only these numbers of layers: 1-3', indices)
    .option('--table <file>', 'the table of trials', TABLE)
    .option('--diverged <file>', 'the table of runs that diverged at a chosen rate', DIVERGED)
    .option('--results <folder>', 'results in which to look for such runs', RESULTS_FOLDER)
    .option(
      '-w, --workers <n>',
      'groups at a time, one core each',
      integer({ min: 1 }),
      availableParallelism(),
    )
    .option('-o, --out <folder>', 'folder of the run directories', 'runs/sweeps/search')
    .addOption(dataDirOption())
    .addHelpText(
      'after',
      '\nTrials in the table are not run again. Ctrl-C stops cleanly; the same command continues.\n' +
        'First, results of all epochs whose validation objective ended above that of their first epoch are\n' +
        'noted as diverged: then the best lower rate is chosen, and replication --overwrite trains anew.',
    )
    .action(async ({ data, layers, table, diverged, results, workers, out, dataDir }: SearchFlags) => {
      const groups = chooseGroups(data, layers)
      const withdrawn = await noteDivergences(diverged, await loadResults(results), await loadTrials(table))
      const stop = new AbortController()
      for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort())
      const trials = await searchRecipes(groups, {
        table,
        workers,
        dataDir,
        folders: { out, results: `${out}/results` },
        signal: stop.signal,
        onTrial: trial => console.log(describeTrial(trial)),
      })
      const decided = groups.filter(group => chosenTrial(group, trials, withdrawn))
      console.log(`${decided.length} of ${groups.length} groups decided, ${trials.length} trials in ${table}`)
      if (decided.length < groups.length) process.exitCode = 130
    })
}

/**
 * The groups of these data sets and numbers of layers; of all where they are not given.
 *
 * @throws Error when a data set is not searched, or no group is left
 */
export function chooseGroups(data?: readonly string[], layers?: readonly number[]): RecipeGroup[] {
  const searched = [...new Set<string>(RECIPE_GROUPS.map(({ dataset }) => dataset))]
  const unknown = data?.find(name => !searched.includes(name))
  if (unknown !== undefined)
    throw new Error(`--data: expected some of ${searched.join(', ')}, got ${unknown}`)
  const ofData = RECIPE_GROUPS.filter(group => !data || data.includes(group.dataset))
  const groups = ofData.filter(group => !layers || layers.includes(group.layers))
  if (groups.length === 0) {
    const most = Math.max(...ofData.map(group => group.layers))
    throw new Error(`--layers: expected numbers from 1 to ${most}, got ${layers?.join(',')}`)
  }
  return groups
}

/** Adds the runs that diverged to their table, prints them, and returns all that are in it. */
async function noteDivergences(
  path: string,
  results: readonly Result[],
  trials: readonly Trial[],
): Promise<Divergence[]> {
  const known = await loadDivergences(path)
  const found = findDivergences(results, trials, known)
  const all = [...known, ...found]
  if (found.length > 0) await writeAtomic(path, formatByGroup(all))
  for (const { model, fold, learningRate, first, last } of found) {
    console.log(
      `${model}, fold ${fold}, diverged at rate ${learningRate}: ${last.toPrecision(6)} nats/image after the last epoch, ${first.toPrecision(6)} after the first`,
    )
  }
  return all
}

function describeTrial({
  dataset,
  kind,
  layers,
  latentDim,
  learningRate,
  betaWarmup,
  validation,
}: Trial): string {
  const rate = `rate ${learningRate}${betaWarmup > 0 ? ', beta warmed up' : ''}`
  const loss = validation === null ? 'diverged' : `${validation.toFixed(3)} nats/image`
  return `${dataset} ${kind} of ${layers} layers, z ${latentDim}, ${rate}: ${loss}`
}
