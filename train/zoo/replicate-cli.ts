import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { dataDirOption, zooOption } from '../../export/command/options.ts'
import { runProgram } from '../../export/command/run-program.ts'
import { stopOnSignals } from '../../export/command/stop-signals.ts'
import { readModelFolder } from '../../export/registry/read-folder.ts'
import { loadDataset } from '../data/load-dataset.ts'
import { openDisplay } from '../fit/display.ts'
import { fitModel } from '../fit/fit.ts'
import { findMatchingRun } from '../fit/matching-run.ts'
import { runFiles } from '../fit/run.ts'
import { configurationOf } from './card-configuration.ts'

interface Options {
  zoo: string
  out?: string
  dataDir?: string
}

const program = new Command('npm run zoo:replicate --')
  .description(
    'Train a shipped model again with the settings on its card, and compare the hash of the weights.',
  )
  .argument('<id>', 'the model, such as mnist-cvae-w512x320-z20-beta0.3')
  .addOption(zooOption())
  .option('-o, --out <folder>', 'the run directory (default: runs/<id>-again)')
  .addOption(dataDirOption())
  .addHelpText(
    'after',
    `
If it is interrupted, the same command resumes from the last whole epoch; a run with other settings there is refused.
Exit code 0: the weights are the same to the bit; 2: they differ, as they may on another processor. Then make the model:
npm run export -- <folder>, for a conditional one with --density.`,
  )
  .showHelpAfterError('(--help lists the options)')
  .action(async (id: string, { zoo, out, dataDir }: Options) => {
    const { card } = await readModelFolder(join(zoo, id))
    const { weights } = card.training
    if (!weights)
      throw new Error(`${id}: expected a card with the hash of its weights, which older cards lack`)
    const configuration = configurationOf(card)
    const { data } = configuration
    const directory = out ?? `runs/${id}-again`
    const before = await findMatchingRun(directory, configuration)
    const resume = before !== null && existsSync(runFiles(directory).checkpoint)
    const dataset = await loadDataset(data.name, { ...data, dataDir })
    const display = openDisplay(configuration, dataset, directory)
    const run = await fitModel({
      configuration,
      dataset,
      directory,
      resume,
      signal: stopOnSignals(display.say),
      onProgress: display.progress,
      onEpoch: display.epoch,
    }).finally(display.close)
    if (run.status === 'interrupted') {
      console.log(`interrupted after ${run.epochs} whole epochs; the same command resumes from there`)
      process.exitCode = 130
      return
    }
    const same = run.weights === weights
    console.log(
      `weights ${weights} on the card\n        ${run.weights} now: ${same ? 'the same' : 'other weights'}`,
    )
    console.log(`${run.seconds.toFixed(0)} s of training: ${directory}`)
    if (!same) process.exitCode = 2
  })

await runProgram(program)
