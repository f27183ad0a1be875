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
import { Configuration } from '../step/configuration.ts'
import { loadResult, resultPath, toResult } from '../sweep/results/result-files.ts'

interface Options {
  fold: number
  seed: number
  results: string
  out?: string
  dataDir?: string
}

const program = new Command('npm run replicate --')
  .description('Train a committed result again, with the same settings, and compare weights and figures.')
  .argument('<name>', "the result's name, such as mnist-vae-l2-z2 or frey-vae-l4-z2-mse-nowarmup")
  .option('--fold <i>', 'which fold', integer({ min: 0 }), 0)
  .option('--seed <n>', 'which seed', integer({ min: 0 }), 1)
  .option('--results <folder>', 'folder of the result files', 'models/paper/results')
  .option('-o, --out <folder>', 'keep the run directory here (default: a temporary one)')
  .addOption(dataDirOption())
  .addHelpText(
    'after',
    `
Ends with 0 if the weights are the same to the bit. Another processor may round otherwise and so end with other
weights: then it ends with 2 and the figures tell how near they are.`,
  )
  .showHelpAfterError('(--help lists the options)')
  .action(async (name: string, { fold, seed, results, out, dataDir }: Options) => {
    const path = resultPath(results, runName(name, fold, seed))
    const before = await loadResult(path)
    if (!before) throw new Error(`${path}: expected a result, found none`)
    const configuration = Configuration.parse(before.configuration)
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
        process.exitCode = 2
      }
    } finally {
      if (!out) await rm(directory, { recursive: true, force: true })
    }
  })

await runProgram(program)
