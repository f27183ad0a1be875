import { join } from 'node:path'
import { Command, Option } from 'commander'
import { dataDirOption, number, ZOO_FOLDER } from '../../export/command/options.ts'
import { runProgram } from '../../export/command/run-program.ts'
import { PRECISIONS } from '../../export/convert/graph/precision.ts'
import { densityOptions } from '../density/command-options.ts'
import { formatJudgement, formatTrainingImages, HEADER } from '../judge/format-judgement.ts'
import { judgeExported } from '../judge/judge-folder.ts'
import { type ExportOptions, exportRun } from './export-run.ts'

const [covariance, spread] = densityOptions()
const program = new Command('npm run export --')
  .description('Turn a training run into ONNX files and a card, ready to be served.')
  .argument('<run>', 'a run directory, such as runs/mnist-vae-l2-z2')
  .option('--zoo <folder>', 'folder of models; the model gets a folder of its own in it', ZOO_FOLDER)
  .option('--id <id>', "the model's id (default: the run's)")
  .addOption(dataDirOption())
  .option('--test-images', "write the test images beside the model, on which the registry's gate measures it")
  .option('--replace', 'replace a model of other data that has this id')
  .option('--no-judge', "do not have its samples judged by its data set's classifier for the card")
  .addOption(new Option('--precision <p>', 'how weights are stored').choices(PRECISIONS).default('fp16'))
  .option(
    '--density',
    'fit Gaussian mixtures to the latents of training images, for samples to be drawn from',
  )
  .addOption(
    new Option(
      '--logit-gain <factor>',
      "multiply the decoder's logits, for sharper images of models trained with bce",
    ).argParser(number({ above: 0 })),
  )
  .addOption(covariance)
  .addOption(spread)
  .addHelpText(
    'after',
    `
Nothing is written before the outputs have been compared with TF.js's own in onnxruntime-node, onnxruntime-web and
plain TypeScript. The card's figures are those of the files as written.`,
  )
  .showHelpAfterError('(--help lists the options)')
  .action(async (directory: string, options: ExportOptions & { judge: boolean }) => {
    if (!options.density && options.spread !== undefined)
      throw new Error('--spread: expected --density with it')
    const card = await exportRun(directory, { ...options, onFit: line => console.log(line) })
    if (options.testImages)
      console.log(`${options.zoo}/${card.id}/test-images.safetensors: for the gate of npm run registry`)
    const test = card.metrics.find(m => m.name === 'bce' && m.split === 'test' && m.latent === 'mu')
    const kilobytes = (card.files.encoder.bytes + card.files.decoder.bytes) / 1000
    console.log(
      `${options.zoo}/${card.id} version ${card.version}, ${card.precision}, ${kilobytes.toFixed(0)} kB`,
    )
    console.log(
      `test bce at z = mu: ${Number(test?.value).toFixed(4)} nats per pixel over ${test?.images} images`,
    )
    for (const [runtime, difference] of Object.entries(card.parity.maxAbsDifference)) {
      console.log(`largest difference from TF.js in ${runtime}: ${difference.toExponential(1)}`)
    }
    if (!options.judge) return
    // The model is exported; that it cannot be judged, as with too few test images, is no failure of the export.
    const judgement = await judgeExported(join(options.zoo, card.id), options.dataDir).catch((error: Error) =>
      console.log(`not judged: ${error.message}`),
    )
    if (!judgement) return
    console.log(HEADER)
    console.log(formatTrainingImages(judgement))
    console.log(formatJudgement('samples', judgement))
  })

await runProgram(program)
