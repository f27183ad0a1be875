import type { Configuration } from '../../train/step/configuration.ts'
import type { Change } from '../../train/step/run/record.ts'
import type { PackedData } from './data/training-data.ts'
import type { ExportedRun } from './exported-run.ts'
import type { Command, Report, TrainerEngine, Until } from './messages.ts'
import { openRestartingWorker } from './restarting-worker.ts'
import { openingState, type StateReport, type TrainingState, updateState } from './training-state.ts'

/** A run that trains in a worker, as the page sees it. */
export interface Training {
  readonly state: Readonly<TrainingState>
  readonly configuration: Configuration
  readonly data: PackedData
  readonly engine: TrainerEngine
  play(until?: Until): void
  pause(): void
  change(beta: number, learningRate: number): void
  /** Exports the run directory and the model as they are now. Rejects if that fails. */
  exportModel(): Promise<ExportedRun>
  close(): void
}

/** Options of `openTraining`. */
export interface TrainingOptions {
  run: string
  configuration: Configuration
  data: PackedData
  engine: TrainerEngine
  /** Milliseconds since 1970 when the run began. */
  startedAt: number
  /** Called when the run was opened, paused, ended an epoch, failed, or was changed. */
  onChange(): void
  /** Called on new steps and snapshots, several times a second. */
  onProgress(): void
}

/**
 * Opens a run in a worker, paused, at its last checkpoint if there is one. If the worker dies, another one continues
 * from the last checkpoint.
 */
export function openTraining(options: TrainingOptions): Training {
  const { configuration, data, engine, onChange, onProgress } = options
  const state = openingState()
  const pendingExports = createPendingPromises<ExportedRun>()
  /** How far the run is to train; undefined while it is paused. A worker that is opened later continues to there. */
  let target: Until | undefined
  const worker = openRestartingWorker(engine, {
    opening: () => openCommand(options, state),
    onReport: handleReport,
    onRestarted(reason) {
      pendingExports.reject(reason)
      state.phase = 'opening'
      state.message = `${reason} Training continues from the last whole epoch.`
      onChange()
    },
    onGivenUp: fail,
    phase: () => state.phase,
  })

  function fail(message: string): void {
    worker.close()
    pendingExports.reject(message)
    Object.assign(state, { phase: 'failed', message })
    onChange()
  }

  function handleReport(report: Report): void {
    if (report.type === 'failed') fail(report.message)
    else if (report.type === 'exportFailed') pendingExports.reject(report.message)
    else if (report.type === 'exported') pendingExports.resolve(report.exported)
    else if (report.type !== 'lost') applyReport(report)
  }

  function applyReport(report: StateReport): void {
    const moved = state.changes.at(-1)
    updateState(state, report)
    if (report.type === 'paused' || report.type === 'finished') target = undefined
    if (report.type === 'opened') {
      // Settings that were changed after the checkpoint stay changed.
      if (moved && !sameFactors(moved, state.changes.at(-1))) change(moved.beta, moved.learningRate)
      if (target) play(target)
    }
    if (report.type === 'progress' || report.type === 'snapshot') onProgress()
    else onChange()
  }

  function play(until: Until = 'end'): void {
    target = until
    if (state.phase !== 'paused' && state.phase !== 'running') return
    state.phase = 'running'
    worker.send({ type: 'play', until })
    onChange()
  }

  function change(beta: number, learningRate: number): void {
    const step = state.epoch * (state.progress?.steps ?? 0) + (state.progress?.step ?? 0)
    // The worker replies with the step at which the change takes effect.
    state.changes = [...state.changes, { step, beta, learningRate }]
    worker.send({ type: 'change', beta, learningRate })
    onChange()
  }

  return {
    state,
    configuration,
    data,
    engine,
    play,
    pause() {
      target = undefined
      worker.send({ type: 'pause' })
    },
    change,
    exportModel() {
      worker.send({ type: 'export' })
      return pendingExports.wait()
    },
    close: worker.close,
  }
}

function openCommand(
  { run, configuration, data, engine, startedAt }: TrainingOptions,
  { unsavedCheckpoint }: TrainingState,
): Command {
  return { type: 'open', run, configuration, data, engine, startedAt, checkpoint: unsavedCheckpoint }
}

function sameFactors(a: Change, b: Change | undefined): boolean {
  return a.beta === b?.beta && a.learningRate === b.learningRate
}

/** Promises that are settled together, by the next answer. */
function createPendingPromises<T>() {
  let waiting: { resolve(value: T): void; reject(error: Error): void }[] = []
  const settle = (each: (one: (typeof waiting)[number]) => void) => {
    const settled = waiting
    waiting = []
    settled.forEach(each)
  }
  return {
    wait: () => new Promise<T>((resolve, reject) => waiting.push({ resolve, reject })),
    resolve: (value: T) => settle(one => one.resolve(value)),
    reject: (reason: string) => settle(one => one.reject(new Error(reason))),
  }
}
