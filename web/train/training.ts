import type { Configuration } from '../../train/step/configuration.ts'
import type { MadeModel } from './make-model.ts'
import type { Change, Command, EpochFigures, Report, Snapshot, TrainerEngine } from './messages.ts'
import type { TrainingData } from './training-data.ts'

/** What the page shows of a run under way. */
export interface TrainingState {
  phase: 'opening' | 'paused' | 'running' | 'finished' | 'failed'
  /** Why it failed, or what is not as it should be. */
  message: string | undefined
  /** Epochs done. */
  epoch: number
  /** Of the epoch under way. */
  progress: Extract<Report, { type: 'progress' }> | undefined
  figures: EpochFigures[]
  changes: Change[]
  /** Losses of the first steps, nats per image. */
  firstLosses: number[]
  snapshot: Snapshot | undefined
}

/** A run in a worker, as the page sees it. */
export interface Training {
  readonly state: TrainingState
  readonly configuration: Configuration
  readonly data: TrainingData
  readonly engine: TrainerEngine
  play(until?: 'end' | 'epoch' | 'step'): void
  pause(): void
  change(beta: number, learningRate: number): void
  /** Exports the model as it is now. Rejects when the worker is gone. */
  make(): Promise<MadeModel>
  close(): void
}

/** Options of a training. */
export interface TrainingOptions {
  run: string
  configuration: Configuration
  data: TrainingData
  engine: TrainerEngine
  resume: boolean
  /** Milliseconds since 1970 when the run began. */
  began: number
  onChange(): void
}

/** How many losses are kept step by step. */
const FIRST_LOSSES = 100

/** Starts a worker and opens a run in it, paused. */
export function openTraining({
  run,
  configuration,
  data,
  engine,
  resume,
  began,
  onChange,
}: TrainingOptions): Training {
  const worker =
    engine === 'wasm'
      ? new Worker(new URL('./wasm-training.worker.ts', import.meta.url), { type: 'module' })
      : new Worker(new URL('./webgpu-training.worker.ts', import.meta.url), { type: 'module' })
  const state: TrainingState = {
    phase: 'opening',
    message: undefined,
    epoch: 0,
    progress: undefined,
    figures: [],
    changes: [],
    firstLosses: [],
    snapshot: undefined,
  }
  let waiting: {
    resolve(report: MadeModel): void
    reject(error: Error): void
  }[] = []
  let playNext: 'end' | 'epoch' | 'step' | undefined
  const send = (command: Command) => worker.postMessage(command)
  const fail = (message: string) => {
    Object.assign(state, { phase: 'failed', message })
    for (const { reject } of waiting) reject(new Error(message))
    waiting = []
    onChange()
  }
  worker.addEventListener('error', event =>
    fail(event.message || 'The part of the page that trains could not be started.'),
  )
  worker.addEventListener('message', ({ data: report }: MessageEvent<Report>) => {
    if (report.type === 'failed') return fail(report.message)
    if (report.type === 'made') {
      for (const { resolve } of waiting) resolve(report.model)
      waiting = []
      return
    }
    update(state, report)
    if (report.type === 'opened' && playNext) training.play(playNext)
    onChange()
  })
  send({ type: 'open', run, configuration, data, engine, resume, began })
  const training: Training = {
    state,
    configuration,
    data,
    engine,
    play(until = 'end') {
      if (state.phase === 'opening') playNext = until
      else if (state.phase === 'paused' || state.phase === 'running') {
        state.phase = 'running'
        send({ type: 'play', until })
      }
      onChange()
    },
    pause() {
      playNext = undefined
      send({ type: 'pause' })
    },
    change(beta, learningRate) {
      const step = state.epoch * (state.progress?.steps ?? 0) + (state.progress?.step ?? 0)
      state.changes = [...state.changes, { step, beta, learningRate }]
      send({ type: 'change', beta, learningRate })
      onChange()
    },
    make() {
      return new Promise((resolve, reject) => {
        waiting.push({ resolve, reject })
        send({ type: 'make' })
      })
    },
    close: () => worker.terminate(),
  }
  return training
}

function update(state: TrainingState, report: Report): void {
  if (report.type === 'opened') {
    Object.assign(state, {
      phase: 'paused',
      epoch: report.epoch,
      figures: report.figures,
      changes: report.changes,
    })
  } else if (report.type === 'progress') {
    state.progress = report
    if (state.firstLosses.length < FIRST_LOSSES) state.firstLosses.push(...report.losses)
  } else if (report.type === 'snapshot') state.snapshot = report.snapshot
  else if (report.type === 'epoch') {
    Object.assign(state, {
      epoch: report.figures.epoch,
      figures: [...state.figures, report.figures],
      progress: undefined,
    })
  } else if (report.type === 'paused' && state.phase === 'running') state.phase = 'paused'
  else if (report.type === 'finished') state.phase = 'finished'
  else if (report.type === 'warning') state.message = report.message
}
