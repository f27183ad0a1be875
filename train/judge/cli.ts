import { existsSync } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Command } from 'commander'
import { integer } from '../../export/command/options.ts'
import { runProgram } from '../../export/command/run-program.ts'
import { writeCard } from '../../export/files/write-card.ts'
import { readModelFolder } from '../../export/registry/read-folder.ts'
import type { Judgement } from '../../models/judgement.ts'
import { loadDataset } from '../data/load-dataset.ts'
import { formatJudgement, formatTrainingImages, HEADER } from './format-judgement.ts'
import { JUDGES, readJudge } from './judge-files.ts'
import { DEFAULTS, type Judge, openJudge } from './judge-model.ts'

interface Options {
  zoo: string
  judges: string
  samples: number
  perClass: number
  nearest: number
  seed: number
  write: boolean
  json: boolean
  dataDir?: string
}

const program = new Command('npm run judge --')
  .description("Judge models' samples with the classifier of their data set, which no model has seen.")
  .argument('[models...]', 'ids of the zoo, or folders with a card.json; all of the zoo by default')
  .option('--zoo <folder>', 'folder of models', 'models/zoo')
  .option('--judges <folder>', 'folder of judges', JUDGES)
  .option('--samples <n>', 'samples drawn without a class', integer({ min: 10 }), DEFAULTS.samples)
  .option('--per-class <n>', 'samples of each class', integer({ min: 1 }), DEFAULTS.perClass)
  .option(
    '--nearest <n>',
    'samples whose nearest training image is looked for',
    integer({ min: 1 }),
    DEFAULTS.nearest,
  )
  .option('--seed <n>', 'of every draw', integer({ min: 0 }), DEFAULTS.seed)
  .option('--write', 'put the figures on the cards', false)
  .option('--json', 'print a JSON object: a judgement for each model', false)
  .option('--data-dir <folder>', 'a folder that has the data sets (or set LATENT_EDGE_DATA)')
  .addHelpText(
    'after',
    `
Columns: share of samples of a class that the judge takes for that class, over all classes and for the worst; share of
samples without a class that it is over 90% sure of; Fréchet distance of its features to the test images'; precision
and recall (Kynkäänniemi et al. 2019); median distance to the nearest training image. The row "training images" is
what a perfect model would have. Data sets without labels have no judge; their models are named and left out.`,
  )
  .showHelpAfterError('(--help lists the options)')
  .action(async (models: string[], options: Options) => {
    const judgements: Record<string, Judgement> = {}
    const judges = new Map<string, Promise<Judge | null>>()
    const say = options.json ? () => {} : console.log
    say(HEADER)
    for (const folder of await folders(models, options.zoo)) {
      const { card, files } = await readModelFolder(folder)
      const { name, classes } = card.dataset
      if (classes.length === 0) {
        say(`${card.id.padEnd(32)} ${name} has no labels, so it has no judge`)
        continue
      }
      const first = !judges.has(name)
      if (first) judges.set(name, open(name, options))
      const judge = await judges.get(name)
      if (!judge) {
        say(`${card.id.padEnd(32)} there is no judge of ${name}: npm run judge:train -- ${name}`)
        process.exitCode = 1
        continue
      }
      const judgement = await judge.judgeModel(card, {
        encoder: files['encoder.onnx'],
        decoder: files['decoder.onnx'],
      })
      judgements[card.id] = judgement
      if (first) say(formatTrainingImages(judgement))
      say(formatJudgement(card.id, judgement))
      if (options.write) await writeCard(folder, { ...card, judgement })
    }
    for (const judge of judges.values()) await (await judge)?.close()
    if (options.json) console.log(JSON.stringify(judgements, null, 2))
  })

await runProgram(program)

/** The judge of a data set; null where none has been trained. */
async function open(dataset: string, options: Options): Promise<Judge | null> {
  if (!existsSync(join(options.judges, dataset, 'card.json'))) return null
  const files = await readJudge(dataset, options.judges)
  return openJudge(files, await loadDataset(dataset, options), options)
}

/** The folders of the models that are named by id or folder; all of the zoo where none is. */
async function folders(models: string[], zoo: string): Promise<string[]> {
  if (models.length > 0) {
    return models.map(model => (existsSync(join(model, 'card.json')) ? model : join(zoo, model)))
  }
  const entries = await readdir(zoo, { withFileTypes: true })
  return entries
    .filter(entry => entry.isDirectory())
    .map(({ name }) => join(zoo, name))
    .sort()
}
