import { Command } from 'commander'
import { dataDirOption, integer } from '../../export/command/options.ts'
import { runProgram } from '../../export/command/run-program.ts'
import { loadDataset } from '../data/load-dataset.ts'
import { JUDGES, writeJudge } from './judge-files.ts'
import { trainJudge } from './train-judge.ts'

/** Chosen by the accuracy on the tenth of MNIST's training images that is held out. */
const TRAINING = { batch: 100, learningRate: 0.002, augmentation: { shift: 1.5, rotation: 8 } }

interface Options {
  epochs: number
  seed: number
  judges: string
  dataDir?: string
}

const program = new Command('npm run judge:train --')
  .description(
    'Train the judge of a labelled data set: a convolutional classifier, written as ONNX with a card.',
  )
  .argument('<dataset>', 'mnist, fashion-mnist, or your own as npm run train takes it')
  .option('--epochs <n>', 'passes over the training images', integer({ min: 1 }), 15)
  .option('--seed <n>', 'seed of initial weights, order and shifts of images', integer({ min: 0 }), 1)
  .option('--judges <folder>', 'folder of judges; each has one of its own', JUDGES)
  .addOption(dataDirOption())
  .addHelpText(
    'after',
    `
The same seed gives the same weights on one kind of processor. Nothing is written before training has ended; Ctrl-C
leaves the judge that is there. npm run judge then judges a model's samples.`,
  )
  .showHelpAfterError('(--help lists the options)')
  .action(async (name: string, { epochs, seed, judges, dataDir }: Options) => {
    const dataset = await loadDataset(name, { dataDir })
    const began = performance.now()
    const judge = await trainJudge(dataset, { ...TRAINING, epochs, seed }, (epoch, loss) => {
      const seconds = ((performance.now() - began) / 1000).toFixed(0)
      console.log(`epoch ${epoch}/${epochs}  cross-entropy ${loss.toFixed(4)} nats per image  ${seconds} s`)
    })
    await writeJudge(judge, judges)
    const { version, parameters, validation, test, file } = judge.card
    const percent = (share: number) => `${(100 * share).toFixed(2)}%`
    console.log(
      `${judges}/${dataset.name} version ${version}, ${parameters} parameters, ${(file.bytes / 1000).toFixed(0)} kB`,
    )
    console.log(`accuracy: ${percent(validation.accuracy)} of ${validation.images} held-out training images`)
    console.log(`          ${percent(test.accuracy)} of ${test.images} test images`)
  })

await runProgram(program)
