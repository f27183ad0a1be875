import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Command } from 'commander'
import { dataDirOption, zooOption } from '../../export/command/options.ts'
import { runProgram } from '../../export/command/run-program.ts'
import { runName } from '../../models/paper/result.ts'
import { runFiles } from '../fit/run.ts'
import { exportRun } from './export-run.ts'
import { PAPER_MODELS } from './zoo-list.ts'

interface Options {
  runs: string
  zoo: string
  dataDir?: string
}

const program = new Command('npm run zoo:export --')
  .description('Export the shipped models of the paper from the run directories of a sweep.')
  .argument('[ids...]', 'only these models')
  .requiredOption('--runs <folder>', 'has the run directories, such as runs/sweeps/replication')
  .addOption(zooOption())
  .addOption(dataDirOption())
  .addHelpText('after', '\nModels without a run directory are left unchanged and listed.')
  .showHelpAfterError('(--help lists the options)')
  .action(async (ids: string[], { runs, zoo, dataDir }: Options) => {
    const unknown = ids.filter(id => !PAPER_MODELS.includes(id))
    if (unknown.length > 0) throw new Error(`expected shipped models of the paper, got ${unknown.join(', ')}`)
    for (const id of ids.length > 0 ? ids : PAPER_MODELS) {
      const directory = join(runs, runName(id, 0, 1))
      if (!existsSync(runFiles(directory).run)) {
        console.log(`${id.padEnd(32)} no run ${directory}`)
        continue
      }
      const { version, files } = await exportRun(directory, { zoo, id, precision: 'fp16', dataDir })
      const bytes = Object.values(files).reduce((sum, file) => sum + file.bytes, 0)
      console.log(`${id.padEnd(32)} ${version}  ${(bytes / 1e6).toFixed(2)} MB`)
    }
  })

await runProgram(program)
