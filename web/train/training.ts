import type { Configuration } from '../../train/step/configuration.ts'
import type { Change } from '../../train/step/run/record.ts'
import type { PackedData } from './data/training-data.ts'
import type { MadeRun } from './exported-run.ts'
import type { Report, TrainerEngine, Until } from './messages.ts'
import { openReplacedWorker } from './restarting-worker.ts'
import { openingState, type StateReport, type TrainingState, updateState } from './training-state.ts'

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

/** Opens a run in a worker, paused, at its last checkpoint if there is one, and goes on from there if the worker dies. */
export function openTraining(options: TrainingOptions): Training {
  const { run, configuration, data, engine, began, onChange, onProgress } = options
  const state = openingState()
  const making = createWaiting<MadeRun>()
  /** How far it is to go, until it waits there; a worker that opens later goes on with it. */
  let asked: Until | undefined
  const worker = openReplacedWorker(engine, {
    opening: () => ({ type: 'open', run, configuration, data, engine, began, checkpoint: state.unkept }),
    onReport: receive,
    onReplaced(reason) {
      making.reject(reason)
      state.phase = 'opening'
      state.message = `${reason} Training goes on from the last whole epoch.`
      onChange()
    },
    onEnded: fail,
    phase: () => state.phase,
  })

  function fail(message: string): void {
    worker.close()
    making.reject(message)
    Object.assign(state, { phase: 'failed', message })
    onChange()
  }

  function receive(report: Report): void {
    if (report.type === 'failed') fail(report.message)
    else if (report.type === 'unmade') making.reject(report.message)
    else if (report.type === 'made') making.resolve(report.made)
    else if (report.type !== 'lost') follow(report)
  }

  function follow(report: StateReport): void {
    const moved = state.changes.at(-1)
    updateState(state, report)
    if (report.type === 'paused' || report.type === 'finished') asked = undefined
    if (report.type === 'opened') {
      // Sliders that were moved after the checkpoint stay where they are.
      if (moved && !sameFactors(moved, state.changes.at(-1))) change(moved.beta, moved.learningRate)
      if (asked) play(asked)
    }
    if (report.type === 'progress' || report.type === 'snapshot') onProgress()
    else onChange()
  }

  function play(until: Until = 'end'): void {
    asked = until
    if (state.phase !== 'paused' && state.phase !== 'running') return
    state.phase = 'running'
    worker.send({ type: 'play', until })
    onChange()
  }

  function change(beta: number, learningRate: number): void {
    const step = state.epoch * (state.progress?.steps ?? 0) + (state.progress?.step ?? 0)
    // The worker answers with the step at which it takes effect.
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
      asked = undefined
      worker.send({ type: 'pause' })
    },
    change,
    make() {
      worker.send({ type: 'make' })
      return making.wait()
    },
    close: worker.close,
  }
}

function sameFactors(a: Change, b: Change | undefined): boolean {
  return a.beta === b?.beta && a.learningRate === b.learningRate
}

/** Promises that settle together, with the next answer. */
function createWaiting<T>() {
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
