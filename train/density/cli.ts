import { Command } from 'commander'
import { dataDirOption, zooOption } from '../../export/command/options.ts'
import { runProgram } from '../../export/command/run-program.ts'
import { writeCard } from '../../export/files/write-card.ts'
import { modelFolder, readModelFolder } from '../../export/registry/read-folder.ts'
import { encodeFold } from '../evaluate/encode-fold.ts'
import { formatJudgement, formatTrainingImages, HEADER } from '../judge/format-judgement.ts'
import { judgeExported } from '../judge/judge-folder.ts'
import { densityOptions } from './command-options.ts'
import { type DensityOptions, measureDensity } from './measure-density.ts'

interface Options extends DensityOptions {
  zoo: string
  dataDir?: string
  judge: boolean
}

const [covariance, spread] = densityOptions()
const program = new Command('npm run density --')
  .description(
    'Fit the latent density of an exported model again and put it on the card; its files stay as they are.',
  )
  .argument('<model>', 'an id of the zoo, or a folder with a card.json')
  .addOption(zooOption())
  .addOption(covariance)
  .addOption(spread)
  .option('--no-judge', "leave the judgement of its samples, by its data set's judge, off the card")
  .addOption(dataDirOption())
  .addHelpText(
    'after',
    `
Fitted to the training images of the model's fold, with as many components as give its validation images the greatest
log-likelihood. The judgement of samples of the old density is removed from the card.`,
  )
  .showHelpAfterError('(--help lists the options)')
  .action(async (name: string, { zoo, dataDir, judge, ...options }: Options) => {
    const folder = modelFolder(name, zoo)
    const version = await readModelFolder(folder)
    const { card } = version
    const { dataset, chosen, trained, heldOut } = await encodeFold(version, dataDir)
    const density = measureDensity(trained, heldOut, dataset, chosen, {
      latentDim: card.architecture.latentDim,
      seed: card.training.seed,
      ...options,
      onFit: line => console.log(line),
    })
    const { judgement: _, ...rest } = card
    await writeCard(folder, { ...rest, density })
    const judgement = judge ? await judgeExported(folder, dataDir) : null
    if (!judgement) return
    console.log(HEADER)
    console.log(formatTrainingImages(judgement))
    console.log(formatJudgement('samples', judgement))
  })

await runProgram(program)
