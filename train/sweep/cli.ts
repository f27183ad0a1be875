import { stat } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { basename } from 'node:path'
import { Command } from 'commander'
import { choice, dataDirOption, integer, number } from '../../export/command/options.ts'
import { runProgram } from '../../export/command/run-program.ts'
import { SCHEDULES, type Schedule } from '../step/schedule.ts'
import { epochs, indices, names, part } from './parse-options.ts'
import { type Epochs, planJobs, shard } from './plan/plan.ts'
import { presets } from './plan/presets.ts'
import { loadSweep, type Settings } from './plan/settings.ts'
import { listPresets, listRuns } from './pool/list.ts'
import { sweep } from './pool/sweep.ts'
import { enqueueSweep } from './queue/enqueue-sweep.ts'
import { addQueueCommands, queueOption } from './queue/queue-cli.ts'
import { loadResults, RESULTS_FOLDER } from './results/result-files.ts'
import { writeReport } from './results/write-tables.ts'
import { addSearchCommand } from './search/search-cli.ts'

interface Options {
  data?: string[]
  only?: string[]
  folds?: number[]
  seeds?: number[]
  epochs?: Epochs
  batch?: number
  lr?: number
  schedule?: Schedule
  warmup?: number
  patience?: number
  keep?: 'last' | 'best'
  workers: number
  shard?: { index: number; count: number }
  out?: string
  results?: string
  dataDir?: string
  dryRun?: boolean
  list?: boolean
  retryFailed?: boolean
  overwrite?: boolean
  discardState: boolean
  queue?: string
  urgency: number
}

const program = new Command('npm run sweep --')
  .description('Train a grid of models on the folds of a cross-validation, and put their figures in tables.')
  .showHelpAfterError('(--help lists the options)')
  .enablePositionalOptions()
  .argument('[sweep]', `a preset (${presetNames()}) or a JSON file`)
  .option('--list', 'show the presets with the number of their runs and the approximate time')
  .option('--dry-run', 'show the runs and their progress, and train nothing')
  .optionsGroup('Which runs:')
  .option('--data <names>', 'only these data sets: mnist,fashion-mnist', names)
  .option('--only <models>', 'only these models, where * stands for any text: mnist-vae-l2-z2,frey-*', names)
  .option('--folds <list>', 'which folds to hold out: 0-9 or 0,3 (default: all)', indices)
  .option('--seeds <list>', "seeds, instead of the sweep's: 1-3", indices)
  .option('--shard <i/n>', 'the i-th of n parts, for n machines', part)
  .option('--retry-failed', 'train failed runs again')
  .option('--overwrite', 'replace runs of the same name that were made with other settings')
  .optionsGroup("Settings, instead of the sweep's:")
  .option('--epochs <n>', 'epochs, or a share of those of each run: 20%', epochs)
  .option('--batch <n>', 'images per step', integer({ min: 1 }))
  .option('--lr <rate>', "Adam's peak learning rate", number({ min: 0 }))
  .addOption(choice('--schedule <name>', [...SCHEDULES], 'schedule of the learning rate'))
  .option('--warmup <epochs>', 'raise the learning rate linearly over this many epochs', number({ min: 0 }))
  .option(
    '--patience <epochs>',
    'stop after this many epochs without a better validation loss',
    integer({ min: 0 }),
  )
  .addOption(choice('--keep <which>', ['last', 'best'], 'the epoch whose weights are kept'))
  .optionsGroup('Where and how:')
  .option('-w, --workers <n>', 'runs at a time, one core each', integer({ min: 1 }), availableParallelism())
  .option('-o, --out <folder>', 'folder of the run directories and tables (default: runs/sweeps/<sweep>)')
  .option(
    '--results <folder>',
    `folder of the result files, one per finished run (default: ${RESULTS_FOLDER}; of a JSON file's runs, results in their own folder)`,
  )
  .addOption(dataDirOption())
  .option('--no-discard-state', 'keep the checkpoints of finished runs')
  .optionsGroup('On many machines (see the commands below):')
  .addOption(queueOption())
  .option(
    '--urgency <n>',
    'with --queue: before other sweeps (above 0) or after them',
    integer({ min: -9, max: 9 }),
    0,
  )
  .addHelpText(
    'after',
    `
Finished runs are skipped, interrupted ones are resumed from their last epoch, and a failed run does not stop the others.
Ctrl-C stops the sweep after the current steps; the same command resumes it.

Examples:
  $ npm run sweep -- --list
  $ npm run sweep -- depths --data mnist --folds 0-2 --epochs 20% --schedule cosine
  $ npm run sweep -- paper --workers 2 --shard 1/4
  $ npm run sweep -- my-grid.json --dry-run
  $ npm run sweep -- report paper`,
  )
  .action(async (name: string | undefined, options: Options) => {
    if (options.list) {
      const folders = (preset: string) => ({
        out: options.out ?? outOf(preset),
        results: options.results ?? resultsOf(preset, options.out),
      })
      const lines = await listPresets(name, planOptions(options), options.workers, folders)
      for (const line of lines) console.log(line)
      return
    }
    if (!name) throw new Error(`expected a sweep: a preset (${presetNames()}) or a JSON file`)
    const jobs = await planJobs(await settingsOf(name), planOptions(options))
    const folders = {
      out: options.out ?? outOf(name),
      results: options.results ?? resultsOf(name, options.out),
    }
    const own = options.shard ? shard(jobs, options.shard.index, options.shard.count) : jobs
    if (options.dryRun) {
      for (const line of await listRuns(own, folders, options.workers)) console.log(line)
      return
    }
    if (options.queue) {
      await enqueueSweep(options.queue, titleOf(name), own, { ...options, folders })
      return
    }
    process.exitCode = await sweep(titleOf(name), jobs, own, { ...options, folders })
  })

program
  .command('report')
  .description('Show the tables of finished runs, and write them as table.md and table.csv.')
  .argument(
    '<source>',
    "a preset or a sweep's file, of which to look for results; or a folder of runs or results",
  )
  .option('--data <names>', 'only these data sets: mnist,fashion-mnist', names)
  .option('--results <folder>', 'folder of the result files (default: as the sweep writes them)')
  .option('-o, --out <folder>', "folder to write to (default: the source's, or runs/sweeps/<sweep>)")
  .action(async (source: string, options: Pick<Options, 'data' | 'results' | 'out'>) => {
    const isFolder = await hasFolder(source)
    const wanted = isFolder ? null : (await planJobs(await settingsOf(source), options)).map(job => job.name)
    const folder = isFolder ? source : (options.results ?? resultsOf(source))
    const found = (await hasFolder(folder)) ? await loadResults(folder) : []
    const results = found.filter(
      ({ name, configuration }) =>
        (!wanted || wanted.includes(name)) &&
        (!options.data || options.data.includes(configuration.data.name)),
    )
    const out = options.out ?? (isFolder ? source : outOf(source))
    console.log(await writeReport(results, titleOf(source), out, process.stdout.columns))
  })

addSearchCommand(program)
addQueueCommands(program)

function hasFolder(path: string): Promise<boolean> {
  return stat(path).then(
    entry => entry.isDirectory(),
    () => false,
  )
}

async function settingsOf(name: string): Promise<Settings[]> {
  const preset = presets().find(p => p.name === name)
  if (preset) return preset.settings
  if (name.endsWith('.json')) return loadSweep(name)
  throw new Error(`sweep: expected a preset (${presetNames()}) or a JSON file, got "${name}"`)
}

/** The folder of results: models/paper/results for a preset, a folder beside the runs for any other sweep. */
function resultsOf(name: string, out?: string): string {
  return presets().some(preset => preset.name === name) ? RESULTS_FOLDER : `${out ?? outOf(name)}/results`
}

function planOptions({ data, only, folds, seeds, dataDir, ...options }: Options) {
  const { epochs, batch, lr, schedule, warmup, patience, keep } = options
  const given = Object.entries({ epochs, batch, lr, schedule, warmup, patience, keep })
  const overrides = Object.fromEntries(given.filter(([, value]) => value !== undefined))
  return { data, only, folds, seeds, dataDir, overrides }
}

function presetNames(): string {
  return presets()
    .map(({ name }) => name)
    .join(', ')
}

function titleOf(name: string): string {
  return basename(name, '.json')
}

function outOf(name: string): string {
  return `runs/sweeps/${titleOf(name)}`
}

await runProgram(program)
