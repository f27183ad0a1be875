import { existsSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { constants, setPriority } from 'node:os'
import { join } from 'node:path'
import { type Holder, takeLock } from '../../export/files/lock.ts'
import { loadDataset } from '../data/load-dataset.ts'
import type { Progress } from '../fit/epoch.ts'
import { fitModel } from '../fit/fit.ts'
import { loadEpochs, loadRun, type Run, runFiles } from '../fit/run.ts'
import type { HeldOutSplit } from '../step/evaluation.ts'
import type { Job } from './plan.ts'
import { isDone, resultPath, saveResult, toResult } from './record.ts'
import { type Folders, standingOf } from './run-status.ts'

/** What a sweep asks of a worker: one run. */
export interface Order {
  job: Job
  folders: Folders
  dataDir?: string
  /** Delete the checkpoint once the run is finished and recorded. */
  discardState: boolean
  /** Replace a run of the same name with other settings. */
  overwrite: boolean
  /** What the finished run is evaluated on: validation and test images by default. */
  splits?: HeldOutSplit[]
}

/** What a worker says: progress, and at last how the run ended. */
export type Report =
  | ({ type: 'progress' } & Progress)
  | { type: 'finished'; run: Run }
  /** Another sweep had finished it. */
  | { type: 'skipped' }
  | { type: 'interrupted'; epochs: number }
  /** Another worker is at it. */
  | { type: 'held'; holder: Holder }
  | { type: 'failed'; error: string }

/** Ends training after the steps under way when the sweep says so, or is gone. */
const stop = new AbortController()

/** Does one run under its lock. */
async function work(order: Order): Promise<Report> {
  const directory = join(order.folders.out, order.job.run)
  await mkdir(directory, { recursive: true })
  const lock = await takeLock(runFiles(directory).lock)
  if (!lock.taken) return { type: 'held', holder: lock.holder }
  try {
    return await train(order, directory)
  } finally {
    await lock.release()
  }
}

async function train(order: Order, directory: string): Promise<Report> {
  const { job, folders } = order
  const standing = await standingOf(job, folders)
  if (standing.state === 'recorded') return { type: 'skipped' }
  if (standing.state === 'clash') {
    if (!order.overwrite) throw new Error(`${standing.where}: there is a run with other settings`)
    await rm(runFiles(directory).run, { force: true })
    await removeCheckpoints(directory)
    await rm(resultPath(folders.results, job.run), { force: true })
  }
  const before = await loadRun(directory)
  const run = before && isDone(before) ? before : await trainModel(order, directory)
  if (run.status === 'interrupted') return { type: 'interrupted', epochs: run.epochs }
  await saveResult(folders.results, toResult(job.name, run, await loadEpochs(directory, run.epochs)))
  if (order.discardState) await removeCheckpoints(directory)
  return { type: 'finished', run }
}

async function removeCheckpoints(directory: string): Promise<void> {
  const { checkpoint, previousCheckpoint } = runFiles(directory)
  await rm(checkpoint, { force: true })
  await rm(previousCheckpoint, { force: true })
}

async function trainModel({ job, dataDir, splits }: Order, directory: string): Promise<Run> {
  const { configuration } = job
  const { name, split, splitSeed } = configuration.data
  return fitModel({
    configuration,
    dataset: await loadDataset(name, { dataDir, split, splitSeed }),
    directory,
    resume: existsSync(runFiles(directory).run) && existsSync(runFiles(directory).checkpoint),
    splits,
    signal: stop.signal,
    onProgress: progress => report({ type: 'progress', ...progress }),
    onEpoch: ({ epoch, train, validation }) =>
      console.log(`epoch ${epoch}: train loss ${train.loss}, validation loss ${validation.loss} nats/image`),
  })
}

/** Tells the sweep, where it still listens: one that was killed must not take its workers along in the middle. */
function report(content: Report): void {
  if (process.connected) process.send!(content, () => {})
}

/** Serves a sweep: takes its order, reports, and ends. */
function serve(): void {
  setPriority(constants.priority.PRIORITY_LOW)
  // Ctrl-C reaches every process of the terminal; the sweep decides what it means.
  process.on('SIGINT', () => {})
  process.on('SIGTERM', () => stop.abort())
  process.on('disconnect', () => stop.abort())
  process.once('message', async (order: Order) => {
    console.log(`${new Date().toISOString()} ${order.job.run}`)
    report(
      await work(order).catch((error: Error): Report => {
        console.error(error)
        return { type: 'failed', error: error.message }
      }),
    )
    if (process.connected) process.disconnect()
  })
}

serve()
