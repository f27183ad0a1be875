import { createHash, type KeyObject } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { readChannel } from '../../export/registry/channels.ts'
import { formatFile, formatFindings, formatPromoted, readBundled } from '../../export/registry/describe.ts'
import { type Promoted, promoteVersion } from '../../export/registry/promote.ts'
import { pushModel } from '../../export/registry/push.ts'
import { readModelFolder } from '../../export/registry/read-folder.ts'
import type { Bucket } from '../../export/registry/stores/bucket.ts'
import type { ModelVersion } from '../../models/registry/version.ts'
import type { Dataset } from '../data/dataset.ts'
import { identifyDataset } from '../data/identity.ts'
import type { ChosenRun } from '../fit/choices.ts'
import { openDisplay } from '../fit/display.ts'
import { fitModel } from '../fit/fit.ts'
import { loadRun, runFiles } from '../fit/run.ts'
import { withRunLock } from '../fit/run-lock.ts'
import { formatJudgement, formatTrainingImages, HEADER } from '../judge/format-judgement.ts'
import { judgeExported } from '../judge/judge-folder.ts'
import type { Configuration } from '../step/configuration.ts'
import type { Run } from '../step/run/record.ts'
import { exportRun } from '../zoo/export-run.ts'
import { createVersionJudge } from './judge-version.ts'
import { measureOnTests } from './measure-version.ts'
import { pushTestImages } from './push-test-images.ts'

/** What is to be trained, and on what. */
export interface Work extends ChosenRun {
  directory: string
}

/**
 * The directory of a retraining. Its name has a hash of all that the outcome depends on: the same command finds its earlier,
 * interrupted work there, and other settings or images get another directory.
 */
export function directoryOf(runs: string, configuration: Configuration, dataset: Dataset): string {
  const hash = createHash('sha256').update(JSON.stringify(configuration))
  const name = hash.update(identifyDataset(dataset).sha256).digest('hex').slice(0, 8)
  return join(runs, `${configuration.id}-${name}`)
}

/**
 * Trains from the last whole epoch on, if there is one, and not at all if the run has finished.
 *
 * @throws Error when another process trains there
 */
export async function trainStep(work: Work, signal: AbortSignal, say: (line: string) => void): Promise<Run> {
  const { configuration, dataset, directory } = work
  return withRunLock(directory, async () => {
    const before = await loadRun(directory)
    if (before?.status === 'finished' || before?.status === 'stopped early') {
      say(`trained already: ${before.epochs} epochs in ${directory}`)
      return before
    }
    const resume = before !== null && existsSync(runFiles(directory).checkpoint)
    if (resume) say(`continues after epoch ${before.epochs}`)
    const display = openDisplay(configuration, dataset, directory)
    return fitModel({
      ...work,
      resume,
      signal,
      onProgress: display.progress,
      onEpoch: display.epoch,
      onNotice: line => display.say(`warning: ${line}`),
    }).finally(display.close)
  })
}

/** Exports a run into its own directory, unless that has been done. */
export async function exportStep(
  { configuration, directory }: Work,
  dataDir: string | undefined,
  say: (line: string) => void,
): Promise<ModelVersion> {
  const zoo = join(directory, 'export')
  const folder = join(zoo, configuration.id)
  const before = await readModelFolder(folder).catch(() => undefined)
  if (before) say(`exported already: ${folder}`)
  else await exportRun(directory, { zoo, precision: 'fp16', dataDir, testImages: true })
  if (before?.card.judgement === undefined) await judgeStep(folder, dataDir, say)
  const model = await readModelFolder(folder)
  const parts = Object.entries(model.card.parity.maxAbsDifference)
  say(`version ${model.card.version}, ${model.card.precision}; largest difference from TF.js:`)
  for (const [runtime, difference] of parts) say(`  ${runtime.padEnd(20)} ${difference.toExponential(1)}`)
  return model
}

/** Has an exported model judged by the judge of its data set, where there is one, and writes the judgement to its card. */
async function judgeStep(
  folder: string,
  dataDir: string | undefined,
  say: (line: string) => void,
): Promise<void> {
  const judgement = await judgeExported(folder, dataDir)
  if (!judgement) return say('its data set has no judge: samples are not judged')
  say(HEADER)
  say(formatTrainingImages(judgement))
  say(formatJudgement('samples', judgement))
}

/** Puts the version into the bucket, signed where there is a key, and its test images for the gate. */
export async function pushStep(
  bucket: Bucket,
  { configuration, directory }: Work,
  model: ModelVersion,
  say: (line: string) => void,
  key?: KeyObject,
): Promise<void> {
  await pushModel(bucket, model, (...file) => say(formatFile(...file)), key)
  await pushTestImages(bucket, join(directory, 'export', configuration.id), model.card)
}

/** Options of the canary that a retraining starts. */
export interface CanaryOptions {
  share: number
  /** Let a watcher judge the canary. */
  auto?: boolean
  tolerance: number
  force: boolean
  zoo: string
  by: string
}

/**
 * Makes the version a canary; stable where the model has no version yet. One that is canary or stable already stays
 * what it is.
 */
export async function canaryStep(
  bucket: Bucket,
  { card: { id, version } }: ModelVersion,
  { share, zoo, ...rest }: CanaryOptions,
  say: (line: string) => void,
): Promise<Promoted> {
  const { channel } = await readChannel(bucket, id)
  const bundled = await readBundled(zoo, id)
  const answering = channel?.stable ?? bundled?.card.version
  if (channel && answering === version) {
    say(
      `${id}@${version} is already stable: these settings and images give the same model that is served now`,
    )
    return { channel, changed: false, overrode: [] }
  }
  if (answering === undefined || answering === version) say(`the first version of ${id}: stable, not canary`)
  const other = channel?.canary?.version
  if (other !== undefined && other !== version) say(`replaces the canary ${other}`)
  const promoted = await promoteVersion(bucket, {
    ...rest,
    id,
    version,
    share: answering === undefined || answering === version ? undefined : share,
    bundled,
    measure: measureOnTests,
    judgeSamples: createVersionJudge(),
    onFindings: (...found) => say(formatFindings(...found)),
  })
  say(formatPromoted(promoted))
  return promoted
}
