import { availableParallelism } from 'node:os'
import type { Command } from 'commander'
import { dataDirOption, integer } from '../../../export/command/options.ts'
import { chosenTrial, RECIPE_GROUPS, type Trial } from '../../../models/paper/recipe.ts'
import { indices, names } from '../parse-options.ts'
import { searchRecipes } from './recipe-search.ts'

interface SearchFlags {
  data?: string[]
  layers?: number[]
  table: string
  workers: number
  out: string
  dataDir?: string
}

const TABLE = 'models/paper/search.json'

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
      '\nTrials in the table are not run again. Ctrl-C stops cleanly; the same command goes on.',
    )
    .action(async ({ data, layers, table, workers, out, dataDir }: SearchFlags) => {
      const groups = RECIPE_GROUPS.filter(
        group => (!data || data.includes(group.dataset)) && (!layers || layers.includes(group.layers)),
      )
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
      const decided = groups.filter(group => chosenTrial(group, trials))
      console.log(`${decided.length} of ${groups.length} groups decided, ${trials.length} trials in ${table}`)
      if (decided.length < groups.length) process.exitCode = 130
    })
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
