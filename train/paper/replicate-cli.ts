import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Command } from 'commander'
import { dataDirOption, integer } from '../../export/command/options.ts'
import { runProgram } from '../../export/command/run-program.ts'
import { runName } from '../../models/paper/result.ts'
import { loadDataset } from '../data/load-dataset.ts'
import { openDisplay } from '../fit/display.ts'
import { fitModel } from '../fit/fit.ts'
import { loadRun } from '../fit/run.ts'
import { Configuration } from '../step/configuration.ts'
import { loadResult, RESULTS_FOLDER, resultPath, toResult } from '../sweep/results/result-files.ts'

interface Options {
  fold: number
  seed: number
  results: string
  out?: string
  dataDir?: string
}

const program = new Command('npm run replicate --')
  .description('Train committed results again, with the same settings, and compare weights and figures.')
  .argument('<names...>', "the results' names, such as mnist-vae-l2-z2 or frey-vae-l4-z2-mse-nowarmup")
  .option('--fold <i>', 'which fold', integer({ min: 0 }), 0)
  .option('--seed <n>', 'which seed', integer({ min: 0 }), 1)
  .option('--results <folder>', 'folder of the result files', RESULTS_FOLDER)
  .option(
    '-o, --out <folder>',
    'keep the run directory here, where no run may be yet; of several, each in a folder of its name',
  )
  .addOption(dataDirOption())
  .addHelpText(
    'after',
    `
Exit code 0: all weights are the same to the bit; 2: they differ, as they may on another processor, and the figures show
by how much. A short run of each data set, some minutes in all:
  $ npm run replicate -- mnist-ae-l1-z2 fashion-ae-l1-z2 frey-vae-l2-z2-mse`,
  )
  .showHelpAfterError('(--help lists the options)')
  .action(async (names: string[], options: Options) => {
    for (const name of names) {
      if (names.length > 1) console.log(`${name}, fold ${options.fold}`)
      const { out } = options
      const kept = out && names.length > 1 ? join(out, name) : out
      if (!(await replicate(name, { ...options, out: kept }))) process.exitCode = 2
    }
  })

/** Trains a committed result again and prints what came out beside it. @returns whether the weights are the same */
async function replicate(name: string, { fold, seed, results, out, dataDir }: Options): Promise<boolean> {
  const path = resultPath(results, runName(name, fold, seed))
  const before = await loadResult(path)
  if (!before) throw new Error(`${path}: expected a result, found none`)
  const configuration = Configuration.parse(before.configuration)
  if (out && (await loadRun(out))) throw new Error(`--out: expected a folder without a run, got ${out}`)
  const { data } = configuration
  const dataset = await loadDataset(data.name, { ...data, dataDir })
  const directory = out ?? (await mkdtemp(join(tmpdir(), 'latent-edge-replicate-')))
  const display = openDisplay(configuration, dataset, directory)
  try {
    const run = await fitModel({
      configuration,
      dataset,
      directory,
      resume: false,
      onProgress: display.progress,
      onEpoch: display.epoch,
    }).finally(display.close)
    const now = toResult(name, run, [])
    for (const { name: metric, split, latent, value } of before.metrics) {
      if (metric !== 'bce' && metric !== 'mse' && metric !== 'l1') continue
      const again = now.metrics.find(m => m.name === metric && m.split === split && m.latent === latent)
      console.log(
        `${metric.padEnd(3)} ${split.padEnd(10)} ${latent.padEnd(7)}  ${value} committed, ${again?.value} now`,
      )
    }
    const same = now.weights === before.weights
    console.log(
      `weights ${before.weights} committed\n        ${now.weights} now: ${same ? 'the same' : 'other weights'}`,
    )
    if (!same) {
      console.log(`committed with ${JSON.stringify(before.versions)}, ${before.configuration.device}`)
    }
    return same
  } finally {
    if (!out) await rm(directory, { recursive: true, force: true })
  }
}

await runProgram(program)
