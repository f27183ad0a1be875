import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { readJson } from '../../../export/files/read-json.ts'
import { writeAtomic } from '../../../export/files/write-atomic.ts'
import { formatResult, Result, runName } from '../../../models/paper/result.ts'
import { loadEpochs, loadRun } from '../../fit/run.ts'
import { asMetrics } from '../../step/metrics.ts'
import type { EpochRecord, Run } from '../../step/run/record.ts'

/** The folder of the paper's results: one file a finished run. */
export const RESULTS_FOLDER = 'models/paper/results'

/** Whether a run has ended, so that its figures count. */
export function isDone(run: Run): boolean {
  return run.status === 'finished' || run.status === 'stopped early'
}

/** Largest number of points of the loss curve in a result. */
const CURVE_POINTS = 100

/** The objective by epoch, thinned evenly to at most `CURVE_POINTS`, first and last epoch included. */
export function thinCurve(epochs: EpochRecord[]): NonNullable<Result['curve']> {
  const count = Math.min(CURVE_POINTS, epochs.length)
  const rounded = (value: number) => Number(value.toPrecision(6))
  return Array.from({ length: count }, (_, i) => {
    const { epoch, train, validation } =
      epochs[count < 2 ? 0 : Math.round((i * (epochs.length - 1)) / (count - 1))]
    return [epoch, rounded(train.loss), rounded(validation.loss)]
  })
}

/**
 * Makes the result of a finished run.
 *
 * @param epochs its records, in order
 * @throws Error when the run is not finished
 */
export function toResult(name: string, run: Run, epochs: EpochRecord[]): Result {
  const { configuration, status, savedEpoch, parameters, seconds, dataset, weights, versions } = run
  const { trainImages: train, validationImages: validation, testImages: test, note } = dataset
  return Result.parse({
    name,
    configuration,
    status,
    epochs: run.epochs,
    savedEpoch,
    parameters,
    seconds: Math.round(seconds * 10) / 10,
    images: { train, validation, test, note },
    ...(dataset.identity && { data: dataset.identity }),
    weights,
    versions,
    metrics: run.evaluations.flatMap(({ split, ...evaluation }) =>
      asMetrics(split, evaluation, configuration, configuration.data.binarized),
    ),
    ...(epochs.length > 0 && { curve: thinCurve(epochs) }),
  })
}

/** Path of a result file. */
export function resultPath(folder: string, run: string): string {
  return join(folder, `${run}.json`)
}

/** Writes a result into a folder atomically. */
export async function saveResult(folder: string, result: Result): Promise<void> {
  await mkdir(folder, { recursive: true })
  const { name, configuration } = result
  const run = runName(name, configuration.data.fold, configuration.seed)
  await writeAtomic(resultPath(folder, run), formatResult(result))
}

/**
 * Reads a result; null if it does not exist.
 *
 * @throws Error naming the file when it is not a result
 */
export function loadResult(path: string): Promise<Result | null> {
  return readJson(path, Result, "a run's result")
}

/**
 * Reads all results of a folder: its result files, or the finished runs in its subfolders if it is a sweep's output.
 *
 * @throws Error when it is not a folder, or naming a result in it that cannot be read
 */
export async function loadResults(folder: string): Promise<Result[]> {
  const entries = await readdir(folder, { withFileTypes: true })
  const results: Result[] = []
  for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) {
      const run = await loadRun(path)
      if (run && isDone(run)) {
        results.push(toResult(modelName(entry.name, run), run, await loadEpochs(path, run.epochs)))
      }
    } else if (entry.name.endsWith('.json')) {
      const result = await loadResult(path)
      if (result) results.push(result)
    }
  }
  return results
}

/** The name of a model from the folder of its run, as made by `runName`; the id if the folder has another name. */
function modelName(folder: string, { configuration }: Run): string {
  const suffix = runName('', configuration.data.fold, configuration.seed)
  return folder.endsWith(suffix) ? folder.slice(0, -suffix.length) : configuration.id
}
