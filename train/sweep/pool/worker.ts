import { existsSync } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { constants, setPriority } from 'node:os'
import { join } from 'node:path'
import { type Holder, takeLock } from '../../../export/files/lock.ts'
import { loadDataset } from '../../data/load-dataset.ts'
import type { Progress } from '../../fit/epoch.ts'
import { fitModel } from '../../fit/fit.ts'
import { loadEpochs, loadRun, runFiles } from '../../fit/run.ts'
import type { HeldOutSplit } from '../../step/evaluation.ts'
import type { Run } from '../../step/run/record.ts'
import type { Job } from '../plan/plan.ts'
import { isDone, resultPath, saveResult, toResult } from '../results/result-files.ts'
import { type Folders, statusOf } from './run-status.ts'

/** One run for a worker process. */
export interface WorkerOrder {
  job: Job
  folders: Folders
  dataDir?: string
  /** Delete the checkpoint once the run is finished and recorded. */
  discardState: boolean
  /** Replace a run of the same name with other settings. */
  overwrite: boolean
  /** Splits on which the finished run is evaluated; validation and test by default. */
  splits?: HeldOutSplit[]
}

/** Messages of a worker process: progress, then how the run ended. */
export type WorkerMessage =
  | ({ type: 'progress' } & Progress)
  | { type: 'finished'; run: Run }
  /** Another sweep has already finished the run. */
  | { type: 'skipped' }
  | { type: 'interrupted'; epochs: number }
  /** Another worker is training the run. */
  | { type: 'held'; holder: Holder }
  | { type: 'failed'; error: string }

/** Aborts when the sweep sends SIGTERM or has ended: training then stops after the current steps. */
const stop = new AbortController()

/** Trains one run while holding its directory's lock. */
async function work(order: WorkerOrder): Promise<WorkerMessage> {
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

async function train(order: WorkerOrder, directory: string): Promise<WorkerMessage> {
  const { job, folders } = order
  const status = await statusOf(job, folders)
  if (status.state === 'recorded') return { type: 'skipped' }
  if (status.state === 'clash') {
    if (!order.overwrite) throw new Error(`${status.where}: there is a run with other settings`)
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

async function trainModel({ job, dataDir, splits }: WorkerOrder, directory: string): Promise<Run> {
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

/** Sends a message to the sweep. If the sweep was killed, the worker still ends in order. */
function report(content: WorkerMessage): void {
  if (process.connected) process.send!(content, () => {})
}

/** Receives one order, trains it, reports, and ends. */
function serve(): void {
  setPriority(constants.priority.PRIORITY_LOW)
  // Ctrl-C reaches every process of the terminal. Only the sweep acts on it.
  process.on('SIGINT', () => {})
  process.on('SIGTERM', () => stop.abort())
  process.on('disconnect', () => stop.abort())
  process.once('message', async (order: WorkerOrder) => {
    console.log(`${new Date().toISOString()} ${order.job.run}`)
    report(
      await work(order).catch((error: Error): WorkerMessage => {
        console.error(error)
        return { type: 'failed', error: error.message }
      }),
    )
    if (process.connected) process.disconnect()
  })
}

serve()
