import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { writeCard } from '../../export/files/write-card.ts'
import { readModelFolder } from '../../export/registry/read-folder.ts'
import type { Card } from '../../models/card.ts'
import type { Judgement } from '../../models/judgement.ts'
import { graphsOf } from '../../models/registry/version.ts'
import { loadDataset } from '../data/load-dataset.ts'
import { JUDGES, readJudge } from './judge-files.ts'
import { DEFAULTS, type Judge, type JudgeOptions, openJudge } from './judge-model.ts'

/** Folders of judges and data sets, and the numbers of images to judge. */
export interface JudgesOptions extends JudgeOptions {
  judges: string
  dataDir?: string
}

/** The judges of several data sets, opened when they are first needed. */
export interface Judges {
  /** @returns null where the model's data set has no judge */
  judgeFolder(folder: string): Promise<{ card: Card; judgement: Judgement } | null>
  close(): Promise<void>
}

/** Opens judges as models need them. */
export function openJudges(options: JudgesOptions): Judges {
  const opened = new Map<string, Promise<Judge | null>>()
  async function open(dataset: string): Promise<Judge | null> {
    if (!existsSync(join(options.judges, dataset, 'card.json'))) return null
    const files = await readJudge(dataset, options.judges)
    return openJudge(files, await loadDataset(dataset, options), options)
  }
  function judgeOf(dataset: string): Promise<Judge | null> {
    const judge = opened.get(dataset) ?? open(dataset)
    opened.set(dataset, judge)
    return judge
  }
  return {
    async judgeFolder(folder) {
      const { card, files } = await readModelFolder(folder)
      const judge = await judgeOf(card.dataset.name)
      if (!judge) return null
      const judgement = await judge.judgeModel(card, graphsOf(files))
      return { card, judgement }
    },
    async close() {
      for (const judge of opened.values()) await (await judge)?.close()
    },
  }
}

/**
 * Judges an exported model with the shipped judge of its data set and puts the judgement on its card.
 *
 * @returns null where the data set has no judge
 */
export async function judgeExported(folder: string, dataDir?: string): Promise<Judgement | null> {
  const judges = openJudges({ ...DEFAULTS, judges: JUDGES, dataDir })
  try {
    const judged = await judges.judgeFolder(folder)
    if (judged) await writeCard(folder, { ...judged.card, judgement: judged.judgement })
    return judged?.judgement ?? null
  } finally {
    await judges.close()
  }
}
