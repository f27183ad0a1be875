import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Result } from '../../models/result.ts'
import { writeAtomic } from '../atomic.ts'
import { formatCsv } from './csv.ts'
import { type Summary, summarize } from './summary.ts'
import { formatMarkdown, formatText, makeTables } from './table.ts'

/** From how many columns on a terminal shows epochs and the paper's deviations. */
const WIDE = 120

/**
 * Writes the tables of some results as `table.md` and `table.csv` into a folder.
 *
 * @param title a name for the sweep; that of a preset puts its tables of the paper first
 * @returns the tables for a terminal of that many columns
 * @throws Error when there are no results
 */
export async function writeReport(
  results: Result[],
  title: string,
  folder: string,
  columns = WIDE,
): Promise<string> {
  if (results.length === 0) throw new Error(`${title}: no finished run to report`)
  const summaries = summarize(results, title)
  const files = { md: join(folder, 'table.md'), csv: join(folder, 'table.csv') }
  await mkdir(folder, { recursive: true })
  await writeAtomic(files.md, markdown(summaries, title))
  await writeAtomic(files.csv, formatCsv(summaries))
  const tables = makeTables(summaries, 'mu', columns < WIDE).map(formatText)
  return [...tables, `tables at z = mu; with those at drawn z: ${files.md}, ${files.csv}`].join('\n\n')
}

function markdown(summaries: Summary[], title: string): string {
  const runs = summaries.reduce((sum, { n }) => sum + n, 0)
  const sections = (['mu', 'sampled'] as const).flatMap(latent => {
    const tables = makeTables(summaries, latent, false)
    if (tables.length === 0) return []
    const heading = latent === 'mu' ? 'At the posterior mean (z = mu)' : 'At z drawn from the posterior'
    return [`## ${heading}`, '', ...tables.map(formatMarkdown)]
  })
  const paper = summaries.some(summary => Object.keys(summary.paper).length > 0)
    ? ["The paper's figures are as it prints them; it does not say whether z was the mean or drawn.", '']
    : []
  return [`# ${title}`, '', `${summaries.length} models, ${runs} runs.`, '', ...paper, ...sections].join('\n')
}
