import { mkdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { Command, Option } from 'commander'
import { runProgram } from '../../export/command/run-program.ts'
import { readJson } from '../../export/files/read-json.ts'
import { writeAtomic } from '../../export/files/write-atomic.ts'
import { AllFrames } from '../../models/paper/all-frames.ts'
import { loadResults } from '../sweep/results/result-files.ts'
import { formatText } from '../sweep/results/table.ts'
import { replaceSummary } from './readme-section.ts'
import { reportFiles } from './report-files.ts'
import { describeTally, missed, reportTables } from './report-tables.ts'

interface Options {
  folder: string
  readme: string
  table?: string[]
  json?: boolean
}

const program = new Command('npm run report --')
  .description("Print the paper's tables beside ours, from the committed results, and write them to files.")
  .addOption(
    new Option('--folder <folder>', 'folder with results/, into which the report is written').default(
      'models/paper',
    ),
  )
  .option('--readme <file>', 'page into which the summary is written, between its marks', 'README.md')
  .option('--table <numbers>', 'print only these tables of the paper: 1,6', (text: string) => text.split(','))
  .option('--json', 'print the report as JSON')
  .addHelpText(
    'after',
    `
Writes results/README.md (to read), report.json (for the page) and curves.json (its loss curves),
results.csv (every figure, one per line) and results-columns.md (its columns) into the folder, and the verdict into
the repository's README.`,
  )
  .showHelpAfterError('(--help lists the options)')
  .action(async ({ folder, readme, table, json }: Options) => {
    const { report, files } = reportFiles(await loadResults(join(folder, 'results')))
    for (const [path, text] of Object.entries(files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true })
      await writeAtomic(join(folder, path), text)
    }
    const frames =
      (await readJson(join(folder, 'all-frames.json'), AllFrames.array(), 'figures of runs on all frames')) ??
      []
    await writeAtomic(readme, replaceSummary(await readFile(readme, 'utf8'), report, frames))
    if (json) {
      console.log(JSON.stringify(report))
      return
    }
    const shown = table
      ? { ...report, rows: report.rows.filter(row => table.includes(String(row.table))), variants: [] }
      : report
    for (const each of reportTables(shown, false)) console.log(`${formatText(each)}\n`)
    console.log(describeTally(report))
    for (const line of missed(report)) console.log(`  not met: ${line}`)
    for (const path of Object.keys(files)) console.log(join(folder, path))
    console.log(readme)
  })

await runProgram(program)
