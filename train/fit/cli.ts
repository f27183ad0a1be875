import { existsSync } from 'node:fs'
import { Command, Option } from 'commander'
import { dataDirOption } from '../../export/command/options.ts'
import { runProgram } from '../../export/command/run-program.ts'
import { stopOnSignals } from '../../export/command/stop-signals.ts'
import { diagnose } from '../doctor/doctor.ts'
import { formatDiagnosis } from '../doctor/format-diagnosis.ts'
import { costWarning } from '../engines/open-engine.ts'
import type { Configuration } from '../step/configuration.ts'
import type { Run } from '../step/run/record.ts'
import { chooseRun } from './choices.ts'
import { configurationDifferences } from './configuration-differences.ts'
import { type Display, openDisplay } from './display.ts'
import { fitModel } from './fit.ts'
import { loadRun, runFiles } from './run.ts'
import { withRunLock } from './run-lock.ts'
import { type Choices, withChoices } from './run-options.ts'

interface RunOptions extends Choices {
  out?: string
  resume: boolean
  overwrite: boolean
}

const program = withChoices(new Command('npm run train --'))
  .description('Train an autoencoder and write its run directory.')
  .showHelpAfterError('(--help lists the options)')
  .argument('[id]', 'what to train, such as mnist-vae-l2-z2, fashion-ae-l4-z2 or mnist-vae-l2-z2-beta10')
  .option('-o, --out <folder>', 'the run directory (default: runs/<id>)')
  .option('--resume', 'continue the run in that directory from its last checkpoint', false)
  .addOption(
    new Option('--overwrite', 'replace a run that is already there').default(false).conflicts('resume'),
  )
  .addHelpText(
    'after',
    `
Ctrl-C ends training and leaves a usable run; --resume continues from its last complete epoch. It needs the same settings,
except for --epochs, which may be larger: the remaining schedule is then that of the longer training.

Examples:
  $ npm run train -- mnist-vae-l2-z2
  $ npm run train -- mnist-vae-l2-z2 --resume
  $ npm run train -- fashion-ae-l4-z2 --epochs 20 --data-dir ~/data
  $ npm run train -- --data ./my-photos --size 64x64 --fit cover --latent 16 --loss mse`,
  )
  .action(async (id: string | undefined, options: RunOptions) => {
    const { dataset, configuration, initial } = await chooseRun(id, options)
    const directory = options.out ?? `runs/${configuration.id}`
    await refuseClash(directory, configuration, options)
    await withRunLock(directory, async () => {
      // Check again under the lock: another process may have trained here in the meantime.
      await refuseClash(directory, configuration, options)
      const display = openDisplay(configuration, dataset, directory)
      const warning = costWarning(configuration)
      if (warning) display.say(`warning: ${warning}`)
      const signal = stopOnSignals(display.say, display.close)
      const run = await fitModel({
        configuration,
        dataset,
        directory,
        resume: options.resume,
        initial,
        signal,
        onProgress: display.progress,
        onEpoch: display.epoch,
        onNotice: line => display.say(`warning: ${line}`),
      }).finally(display.close)
      report(run, directory, display)
      if (run.status === 'interrupted') process.exitCode = 130
    })
  })

program
  .helpCommand(false)
  .command('doctor')
  .description('say what this machine can train with: engines, devices and data sets, each tried')
  .option('--json', 'print a JSON object')
  .addOption(dataDirOption())
  .action(async (_, command: Command) => {
    // The parent command also has --data-dir and parses it first, so read it from the options of both.
    const { json, dataDir } = command.optsWithGlobals<{ json?: boolean; dataDir?: string }>()
    if (process.stderr.isTTY) process.stderr.write('trying every engine and device …\r')
    const diagnosis = await diagnose({ dataDir })
    if (process.stderr.isTTY) process.stderr.write('\x1b[2K')
    console.log(json ? JSON.stringify(diagnosis, null, 2) : formatDiagnosis(diagnosis))
    if (!diagnosis.engines[0].works) process.exitCode = 1
  })

/** Throws, before anything is written, if this would replace an existing run or resume it with other settings. */
async function refuseClash(
  directory: string,
  configuration: Configuration,
  options: RunOptions,
): Promise<void> {
  const before = await loadRun(directory).catch(error => {
    if (options.overwrite) return null
    throw error
  })
  if (!before) {
    if (options.resume) throw new Error(`${directory}: expected a run to resume, found none`)
    return
  }
  if (options.resume) {
    const grown = configuration.optimization.epochs > before.configuration.optimization.epochs
    const differing = configurationDifferences(before.configuration, configuration).filter(
      line => !(grown && line.startsWith('optimization.epochs:')),
    )
    if (differing.length > 0) {
      throw new Error(`${directory}: cannot resume with other settings:\n  ${differing.join('\n  ')}`)
    }
    const { checkpoint, previousCheckpoint } = runFiles(directory)
    if (!existsSync(checkpoint) && !existsSync(previousCheckpoint)) {
      throw new Error(`${directory}: expected state.safetensors to resume from, found none`)
    }
  } else if (!options.overwrite) {
    throw new Error(
      `${directory}: there is a run already (${before.status}, ${before.epochs} epochs); ` +
        '--resume continues it, --overwrite replaces it, --out puts the new one elsewhere',
    )
  }
}

function report(run: Run, directory: string, { say }: Display): void {
  for (const { split, latent, images, bce, mse, l1, posterior, activeUnits } of run.evaluations) {
    const kl = posterior ? `  kl ${posterior.kl.toFixed(2)} nats/image` : ''
    const losses = `bce ${bce.toFixed(4)}  mse ${mse.toFixed(4)}  l1 ${l1.toFixed(4)} per pixel`
    say(
      `${split.padEnd(10)} z ${latent.padEnd(7)} ${losses}${kl}  active units ${activeUnits}  (${images} images)`,
    )
  }
  const state = run.status === 'interrupted' ? `interrupted after ${run.epochs} whole epochs` : run.status
  if (run.weights) say(`weights ${run.weights}`)
  say(`${state} in ${run.seconds.toFixed(1)} s of training: ${directory}`)
  say(
    run.status === 'interrupted'
      ? 'encoder/ and decoder/ hold the weights as they were; --resume continues from the last whole epoch'
      : `next: npm run export -- ${directory}`,
  )
}

await runProgram(program)
