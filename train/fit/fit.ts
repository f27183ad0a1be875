import { mkdir, rm } from 'node:fs/promises'
import * as ort from 'onnxruntime-node'
import { writeAtomic } from '../../export/files/write-atomic.ts'
import { binarizedDataset } from '../data/binarized.ts'
import { chooseFold } from '../data/choose-fold.ts'
import { sha256 } from '../data/identity.ts'
import { openEngine } from '../engines/open-engine.ts'
import { openForward } from '../step/forward.ts'
import type { OnnxRuntime } from '../step/onnx-engine.ts'
import { beginRun, describeData, endRun } from '../step/run/describe-run.ts'
import { formatEpoch } from '../step/run/format-run.ts'
import type { Run } from '../step/run/record.ts'
import { initialState } from '../step/state.ts'
import { loadCheckpoint, saveCheckpoint } from './checkpoint.ts'
import { type FitOptions, saveProgress, type Training, trainEpoch } from './epoch.ts'
import { gitCommit } from './git-commit.ts'
import { versions } from './package-versions.ts'
import { loadEpochs, loadRun, runFiles, saveRun } from './run.ts'
import { requireSameData } from './run-data.ts'
import { saveLayersModels } from './save-layers-models.ts'
import { openEvents } from './tensorboard-events.ts'

/**
 * Trains a model and writes its run directory: run.json, metrics.jsonl, checkpoints, TensorBoard
 * events, and at the end (or when interrupted) the encoder and decoder as TF.js LayersModels. Resuming gives the same
 * bits as never having stopped.
 *
 * @returns the finished (or interrupted) run's description
 * @throws Error when the loss is not finite, a file cannot be written or the engine fails; the last checkpoint stays
 */
export async function fitModel(options: FitOptions): Promise<Run> {
  const { configuration, dataset, directory, resume } = options
  const { data, architecture } = configuration
  const chosen = chooseFold(dataset, data)
  const files = runFiles(directory)
  const checkpoint = resume
    ? await loadCheckpoint(files, configuration, options.onNotice)
    : { epoch: 0, state: { ...initialState(configuration), ...options.initial }, best: null }
  const records = resume ? await loadEpochs(directory, checkpoint.epoch) : []
  const before = resume ? await loadRun(directory) : null
  const run: Run = {
    ...beginRun({
      configuration,
      dataset: describeData(dataset, chosen, sha256),
      started: new Date().toISOString(),
      commit: gitCommit(),
      versions: versions(),
      records,
    }),
    ...(before && origin(before)),
  }
  if (before) requireSameData(directory, before, run)
  const engine = await openEngine(configuration, checkpoint.state)
  const forward = await openForward(ort as OnnxRuntime, architecture)
  try {
    await mkdir(directory, { recursive: true })
    await saveRun(directory, run)
    await writeAtomic(files.metrics, records.map(formatEpoch).join(''))
    if (!resume) {
      await rm(files.events, { recursive: true, force: true })
      await rm(files.previousCheckpoint, { force: true })
      await saveCheckpoint(files, configuration, checkpoint)
    }
    const events = openEvents(files.events, resume ? checkpoint.epoch + 1 : undefined)
    const { withParameters } = forward
    const measured = data.binarized ? binarizedDataset(dataset, configuration.seed) : dataset
    return await trainAll({
      ...options,
      fold: chosen,
      measured,
      engine,
      withParameters,
      events,
      run,
      checkpoint,
      saves: { epoch: checkpoint.epoch, ended: 0, took: 0 },
    })
  } catch (error) {
    await saveRun(directory, { ...run, status: 'failed', error: (error as Error).message }).catch(() => {})
    throw error
  } finally {
    await engine.close()
    await forward.close()
  }
}

/** When a resumed run was started, and by which commit. */
function origin({ started, commit }: Run): Pick<Run, 'started' | 'commit'> {
  return { started, commit }
}

async function trainAll(training: Training): Promise<Run> {
  const { configuration, directory, run, checkpoint, engine, signal } = training
  const status = await trainEpochs(training)
  const partial = status === 'interrupted' && signal?.aborted
  const best = configuration.optimization.keep === 'best' && !partial ? checkpoint.best : null
  const parameters = best?.parameters ?? (await engine.read())
  await saveLayersModels(directory, configuration.architecture, parameters)
  Object.assign(
    run,
    await endRun({
      configuration,
      status,
      epochs: checkpoint.epoch,
      savedEpoch: partial ? null : (best?.epoch ?? checkpoint.epoch),
      parameters,
      model: training.withParameters(parameters),
      data: training.measured,
      fold: training.fold,
      splits: training.splits,
    }),
  )
  await saveRun(directory, run)
  return run
}

/** Trains the epochs that are left. However that ends, the last whole epoch is in the checkpoint. */
async function trainEpochs(training: Training): Promise<Run['status']> {
  const { configuration, checkpoint } = training
  const { epochs, patience } = configuration.optimization
  try {
    while (checkpoint.epoch < epochs) {
      // Check before an epoch, not after it, so that a run killed between its last checkpoint and its end also stops
      // when it is resumed.
      if (patience > 0 && checkpoint.epoch - (checkpoint.best?.epoch ?? 0) >= patience) return 'stopped early'
      if (!(await trainEpoch(training))) return 'interrupted'
    }
    return 'finished'
  } finally {
    await saveProgress(training)
  }
}
