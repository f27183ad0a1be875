import type { Configuration } from '../../train/step/configuration.ts'
import type { Change } from '../../train/step/run/record.ts'
import type { PackedData } from './data/training-data.ts'
import type { MadeRun } from './made-run.ts'
import type { Report, TrainerEngine, TrainingCheckpoint, Until } from './messages.ts'
import { openingState, type StateReport, type TrainingState, updateState } from './training-state.ts'
import { openTrainingWorker, type TrainingWorker } from './training-worker.ts'

/** A run in a worker, as the page sees it. */
export interface Training {
  readonly state: Readonly<TrainingState>
  readonly configuration: Configuration
  readonly data: PackedData
  readonly engine: TrainerEngine
  play(until?: Until): void
  pause(): void
  change(beta: number, learningRate: number): void
  /** Makes the run directory and the model as they are now. Rejects when that fails. */
  make(): Promise<MadeRun>
  close(): void
}

/** Options of a training. */
export interface TrainingOptions {
  run: string
  configuration: Configuration
  data: PackedData
  engine: TrainerEngine
  /** Milliseconds since 1970 when the run began. */
  began: number
  /** It began, waits, ended an epoch, failed, or was changed. */
  onChange(): void
  /** Steps were taken, or there is a new snapshot: several times a second. */
  onProgress(): void
}

/**
 * Opens a run in a worker, paused, at its last checkpoint if there is one. A worker that dies or loses its graphics
 * device is replaced by another that goes on from the last checkpoint; one that dies again before it took a step is not.
 */
export function openTraining(options: TrainingOptions): Training {
  const { run, configuration, data, engine, began, onChange, onProgress } = options
  const state = openingState()
  let making: { resolve(made: MadeRun): void; reject(error: Error): void }[] = []
  /** How far it was last asked to go, and how far it goes once the worker is ready. */
  let asked: Until = 'end'
  let playNext: Until | undefined
  /** The last checkpoint, where the browser does not keep it. */
  let unkept: TrainingCheckpoint | undefined
  /** Whether a step was taken since the worker was replaced. */
  let advanced = true
  let worker = startWorker()

  function startWorker(): TrainingWorker {
    const opened = openTrainingWorker(engine, {
      onReport: receive,
      onLost: replaceWorker,
      expected: () => (state.phase === 'opening' || state.phase === 'running' ? state.phase : undefined),
    })
    opened.send({ type: 'open', run, configuration, data, engine, began, checkpoint: unkept })
    return opened
  }

  function replaceWorker(reason: string): void {
    if (!advanced) {
      fail(reason)
      return
    }
    rejectMaking(reason)
    advanced = false
    if (state.phase === 'running') playNext = asked
    state.phase = 'opening'
    state.message = `${reason} Training goes on from the last whole epoch.`
    worker = startWorker()
    onChange()
  }

  function fail(message: string): void {
    worker.close()
    rejectMaking(message)
    Object.assign(state, { phase: 'failed', message })
    onChange()
  }

  function rejectMaking(reason: string): void {
    for (const { reject } of making) reject(new Error(reason))
    making = []
  }

  function receive(report: Report): void {
    if (report.type === 'failed') fail(report.message)
    else if (report.type === 'unmade') rejectMaking(report.message)
    else if (report.type === 'made') {
      for (const { resolve } of making) resolve(report.made)
      making = []
    } else if (report.type !== 'lost') follow(report)
  }

  function follow(report: StateReport): void {
    const moved = state.changes.at(-1)
    updateState(state, report)
    if (report.type === 'progress') advanced = true
    else if (report.type === 'kept') unkept = undefined
    else if (report.type === 'unkept') unkept = report.checkpoint
    else if (report.type === 'opened') {
      // Sliders that were moved after the checkpoint stay where they are.
      if (moved && !sameFactors(moved, state.changes.at(-1))) training.change(moved.beta, moved.learningRate)
      if (playNext) training.play(playNext)
      playNext = undefined
    }
    if (report.type === 'progress' || report.type === 'snapshot') onProgress()
    else onChange()
  }

  const training: Training = {
    state,
    configuration,
    data,
    engine,
    play(until = 'end') {
      asked = until
      if (state.phase === 'opening') playNext = until
      else if (state.phase === 'paused' || state.phase === 'running') {
        state.phase = 'running'
        worker.send({ type: 'play', until })
        onChange()
      }
    },
    pause() {
      playNext = undefined
      worker.send({ type: 'pause' })
    },
    change(beta, learningRate) {
      const step = state.epoch * (state.progress?.steps ?? 0) + (state.progress?.step ?? 0)
      // The worker answers with the step at which it takes effect.
      state.changes = [...state.changes, { step, beta, learningRate }]
      worker.send({ type: 'change', beta, learningRate })
      onChange()
    },
    make: () =>
      new Promise((resolve, reject) => {
        making.push({ resolve, reject })
        worker.send({ type: 'make' })
      }),
    close: () => worker.close(),
  }
  return training
}

function sameFactors(a: Change, b: Change | undefined): boolean {
  return a.beta === b?.beta && a.learningRate === b.learningRate
}
