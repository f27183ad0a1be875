import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { writeAtomic } from '../../../export/files/write-atomic.ts'
import type { Result } from '../../../models/paper/result.ts'
import { formatCsv } from './csv.ts'
import { type Summary, summarize } from './summary.ts'
import { formatMarkdown, formatText, makeTables } from './table.ts'

/**
 * Writes the tables of results as `table.md` and `table.csv` into a folder.
 *
 * @param title name of the sweep; the name of a preset puts its tables of the paper first
 * @returns the tables for a terminal of that many columns
 * @throws Error when there are no results
 */
export async function writeReport(
  results: Result[],
  title: string,
  folder: string,
  columns = Number.POSITIVE_INFINITY,
): Promise<string> {
  if (results.length === 0) throw new Error(`${title}: no finished run to report`)
  const summaries = summarize(results, title)
  const files = { md: join(folder, 'table.md'), csv: join(folder, 'table.csv') }
  await mkdir(folder, { recursive: true })
  await writeAtomic(files.md, markdown(summaries, title))
  await writeAtomic(files.csv, formatCsv(summaries))
  const text = (narrow: boolean) => makeTables(summaries, 'mu', narrow).map(formatText).join('\n\n')
  const fits = text(false)
    .split('\n')
    .every(line => line.length <= columns)
  return `${text(!fits)}\n\n${files.md}\n${files.csv}`
}

function markdown(summaries: Summary[], title: string): string {
  const runs = summaries.reduce((sum, { n }) => sum + n, 0)
  const sections = (['mu', 'sampled'] as const).flatMap(latent => {
    const tables = makeTables(summaries, latent, false)
    if (tables.length === 0) return []
    const heading = latent === 'mu' ? 'At the posterior mean (z = mu)' : 'At z drawn from the posterior'
    return [`## ${heading}`, '', ...tables.map(formatMarkdown)]
  })
  const paper = summaries.some(({ paper }) => Object.values(paper).some(rows => rows.length > 0))
    ? ["The paper's figures are as it prints them; it does not say whether z was the mean or drawn.", '']
    : []
  const what =
    'Mean ± sample standard deviation (n − 1) over the folds; the mean alone where fewer than three are done.'
  return [
    `# ${title}`,
    '',
    `${summaries.length} models, ${runs} runs. ${what}`,
    '',
    ...paper,
    ...sections,
  ].join('\n')
}
