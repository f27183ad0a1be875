import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { SampleJudgement } from '../../models/judgement.ts'
import { graphsOf, type ModelVersion } from '../../models/registry/version.ts'
import { loadDataset } from '../data/load-dataset.ts'
import { JUDGES, readJudge } from '../judge/judge-files.ts'
import { DEFAULTS } from '../judge/judge-model.ts'
import { openSampleJudge, type SampleJudge } from '../judge/judge-samples.ts'

/**
 * Creates a function that judges a version's samples by the judge of its data set; undefined where there is no such
 * judge, or no images of it. Opening a judge takes seconds, since it classifies the test images, so each is opened once.
 */
export function createVersionJudge(): (version: ModelVersion) => Promise<SampleJudgement | undefined> {
  const opened = new Map<string, Promise<SampleJudge | undefined>>()
  return async ({ card, files }) => {
    const { name } = card.dataset
    const judge = opened.get(name) ?? openJudgeOf(name)
    opened.set(name, judge)
    return (await judge)?.judgeFiles(card, graphsOf(files))
  }
}

async function openJudgeOf(name: string): Promise<SampleJudge | undefined> {
  if (!existsSync(join(JUDGES, name, 'card.json'))) return undefined
  const dataset = await loadDataset(name).catch(() => undefined)
  return dataset && openSampleJudge(await readJudge(name), dataset.test, DEFAULTS)
}
