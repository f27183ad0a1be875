import { Command, Option } from 'commander'
import { runProgram } from '../../export/command/run-program.ts'
import { stopOnSignals } from '../../export/command/stop-signals.ts'
import { whoami } from '../../export/registry/describe.ts'
import { bundledModelsOption, percent, tolerance } from '../../export/registry/flags.ts'
import { readSigningKey } from '../../export/registry/sign.ts'
import { openTarget, TARGETS } from '../../export/registry/stores/target.ts'
import { GATE } from '../../models/registry/measured-version.ts'
import { chooseRun } from '../fit/choices.ts'
import { type Choices, withChoices } from '../fit/run-options.ts'
import { canaryStep, directoryOf, exportStep, pushStep, trainStep } from './steps.ts'

interface Options extends Choices {
  target: string
  canary: number
  tolerance: number
  force: boolean
  auto?: boolean
  sign?: string
  runs: string
  zoo: string
}

const program = withChoices(new Command('npm run retrain --'))
  .description('Train a model, export it, push it to a bucket and serve it as a canary.')
  .showHelpAfterError('(--help lists the options)')
  .argument('[id]', 'the model, such as mnist-vae-l2-z2; if absent, it is made from --data and the settings')
  .option('--runs <folder>', 'where the run directory is made', 'runs')
  .optionsGroup('Bucket:')
  .addOption(new Option('--target <where>', TARGETS).env('LATENT_EDGE_TARGET').default('local'))
  .option('--canary <percent>', 'the share of the traffic it gets', percent, 10)
  .option(
    '--auto',
    'let `npm run registry -- watch` compare the canary with the stable version, then promote it or roll it back',
  )
  .option('--sign <key>', 'sign the version with this private key (PEM, elliptic curve)')
  .option('--tolerance <percent>', 'how much worse a test metric may be', tolerance, GATE.tolerance)
  .option('--force', 'promote it although the gate refuses it; the failed checks are recorded', false)
  .addOption(bundledModelsOption())
  .addHelpText(
    'after',
    `
If it is interrupted, the same command continues at the step where it stopped, training from its last complete epoch. The
name of the run directory has a hash of the settings and the images, so other options or images start a new run.

Examples:
  $ npm run retrain -- mnist-vae-l2-z2
  $ npm run retrain -- mnist-vae-l2-z2 --seed 2 --canary 5 --target remote
  $ npm run retrain -- --data ./leaves --size 40x30 --latent 4 --batch 20 --canary 10 --auto`,
  )
  .action(async (id: string | undefined, options: Options) => {
    const key = options.sign === undefined ? undefined : await readSigningKey(options.sign)
    const say = (line: string) => console.log(line)
    const bucket = await openTarget(options.target)
    try {
      const chosen = await chooseRun(id, options)
      const { dataset, configuration } = chosen
      const work = { ...chosen, directory: directoryOf(options.runs, configuration, dataset) }
      say(`1/4 train ${configuration.id}`)
      const run = await trainStep(work, stopOnSignals(say), say)
      if (run.status === 'interrupted') {
        say(`interrupted after ${run.epochs} complete epochs; the same command continues from there`)
        process.exitCode = 130
        return
      }
      say('2/4 export')
      const model = await exportStep(work, options.dataDir, say)
      say(`3/4 push to ${bucket.name}`)
      await pushStep(bucket, work, model, say, key)
      say('4/4 canary')
      const { canary: share, ...rest } = options
      const { channel } = await canaryStep(bucket, model, { ...rest, share, by: whoami() }, say)
      const name = `${model.card.id}@${model.card.version}`
      say(`look at it: /v1/models/${name}/sample?n=16&seed=7`)
      if (channel.canary) say(`next: npm run registry -- promote ${name}, or rollback ${model.card.id}`)
    } finally {
      await bucket.close()
    }
  })

await runProgram(program)
