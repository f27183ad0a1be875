import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeAtomic } from '../../../export/files/write-atomic.ts'
import { formatResult, Result, runName } from '../../../models/paper/result.ts'
import { type EpochRecord, loadEpochs, loadRun, type Run } from '../../fit/run.ts'
import { asMetrics } from '../../step/metrics.ts'

/** Whether a run has ended, so that its figures count. */
export function isDone(run: Run): boolean {
  return run.status === 'finished' || run.status === 'stopped early'
}

/** Points of a run's curve in its result. */
const CURVE_POINTS = 100

/** The objective over the epochs, thinned evenly to `CURVE_POINTS` at most; the first and the last epoch stay. */
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
 * The result of a finished run.
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
    weights,
    versions,
    metrics: run.evaluations.flatMap(({ split, ...evaluation }) =>
      asMetrics(split, evaluation, configuration),
    ),
    ...(epochs.length > 0 && { curve: thinCurve(epochs) }),
  })
}

/** Where a result is kept. */
export function resultPath(folder: string, run: string): string {
  return join(folder, `${run}.json`)
}

/** Writes a result into a folder, whole or not at all. */
export async function saveResult(folder: string, result: Result): Promise<void> {
  await mkdir(folder, { recursive: true })
  const { name, configuration } = result
  const run = runName(name, configuration.data.fold, configuration.seed)
  await writeAtomic(resultPath(folder, run), formatResult(result))
}

/**
 * Reads a result; null where there is none.
 *
 * @throws Error naming the file when it is not a result
 */
export async function loadResult(path: string): Promise<Result | null> {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return null
    throw cause
  })
  if (text === null) return null
  try {
    return Result.parse(JSON.parse(text))
  } catch (cause) {
    throw new Error(`${path} is not a run's result: ${(cause as Error).message}`, { cause })
  }
}

/**
 * All results of a folder: its result files, or the finished runs in its subfolders where it is a sweep's.
 *
 * @throws Error when it is no folder, or naming a result in it that cannot be read
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

/** A model's name from its run's folder, as `runName` made it; the id where the folder is called otherwise. */
function modelName(folder: string, { configuration }: Run): string {
  const suffix = runName('', configuration.data.fold, configuration.seed)
  return folder.endsWith(suffix) ? folder.slice(0, -suffix.length) : configuration.id
}
