import { readdir } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { Command } from 'commander'
import { dataDirOption, integer, zooOption } from '../../export/command/options.ts'
import { runProgram } from '../../export/command/run-program.ts'
import { writeCard } from '../../export/files/write-card.ts'
import { modelFolder } from '../../export/registry/read-folder.ts'
import type { Judgement } from '../../models/judgement.ts'
import { formatJudgement, formatTrainingImages, HEADER } from './format-judgement.ts'
import { JUDGES } from './judge-files.ts'
import { openJudges } from './judge-folder.ts'
import { DEFAULTS } from './judge-model.ts'
import { writeSampleSheets } from './sample-sheets.ts'

interface Options {
  zoo: string
  judges: string
  samples: number
  perClass: number
  nearest: number
  seed: number
  write: boolean
  json: boolean
  sheets?: string
  dataDir?: string
}

const program = new Command('npm run judge --')
  .description(
    "Judge models' samples with the classifier of their data set, which takes no part in training.",
  )
  .argument('[models...]', 'ids of the zoo, or folders with a card.json; all of the zoo by default')
  .addOption(zooOption())
  .option('--judges <folder>', 'folder of judges', JUDGES)
  .option('--samples <n>', 'samples drawn without a class', integer({ min: 10 }), DEFAULTS.samples)
  .option('--per-class <n>', 'samples of each class', integer({ min: 1 }), DEFAULTS.perClass)
  .option(
    '--nearest <n>',
    'samples whose nearest training image is looked for',
    integer({ min: 1 }),
    DEFAULTS.nearest,
  )
  .option('--seed <n>', 'seed of every draw', integer({ min: 0 }), DEFAULTS.seed)
  .option('--write', 'put the figures on the cards', false)
  .option('--sheets <folder>', 'write contact sheets there: 100 samples without a class, ten of each class')
  .option('--json', 'print a JSON object: a judgement for each model', false)
  .addOption(dataDirOption())
  .addHelpText(
    'after',
    `
Columns: share of samples of a class that the judge takes for that class, over all classes and for the worst; share of
samples without a class that it is over 90% sure of; Fréchet distance of its features to the test images'; precision
and recall (Kynkäänniemi et al. 2019); median distance to the nearest training image; characters read correctly of each
class written in 20 styles. The row "training images" is
what a perfect model would have. A data set without labels has no judge; its models are named and left out.
npm run judge:train trains the judge of another data set.`,
  )
  .showHelpAfterError('(--help lists the options)')
  .action(async (models: string[], { write, json, zoo, sheets, ...options }: Options) => {
    const judgements: Record<string, Judgement> = {}
    const seen = new Set<string>()
    const judges = openJudges(options)
    const say = json ? () => {} : console.log
    say(HEADER)
    for (const folder of await findFolders(models, zoo)) {
      const judged = await judges.judgeFolder(folder)
      if (!judged) {
        say(`${basename(folder).padEnd(32)} its data set has no judge`)
        continue
      }
      const { card, judgement } = judged
      judgements[card.id] = judgement
      if (!seen.has(card.dataset.name)) say(formatTrainingImages(judgement))
      seen.add(card.dataset.name)
      say(formatJudgement(card.id, judgement))
      if (write) await writeCard(folder, { ...card, judgement })
      if (sheets) for (const path of await writeSampleSheets(folder, sheets, options.seed)) say(path)
    }
    await judges.close()
    if (json) console.log(JSON.stringify(judgements, null, 2))
  })

await runProgram(program)

/** The folders of the models that are named by id or folder; all of the zoo where none is. */
async function findFolders(models: string[], zoo: string): Promise<string[]> {
  if (models.length > 0) return models.map(model => modelFolder(model, zoo))
  const entries = await readdir(zoo, { withFileTypes: true })
  return entries
    .filter(entry => entry.isDirectory())
    .map(({ name }) => join(zoo, name))
    .sort()
}
