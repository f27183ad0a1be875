import type { Configuration } from '../../train/step/configuration.ts'
import type { Change } from '../../train/step/run/record.ts'
import type { TrainingData } from './data/training-data.ts'
import type { MadeRun } from './made-run.ts'
import type {
  Command,
  EpochFigures,
  Report,
  Snapshot,
  TrainerEngine,
  TrainingCheckpoint,
  Until,
} from './messages.ts'

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
  /** Losses of the first steps since it was opened, nats per image. */
  firstLosses: number[]
  snapshot: Snapshot | undefined
}

/** A run in a worker, as the page sees it. */
export interface Training {
  readonly state: TrainingState
  readonly configuration: Configuration
  readonly data: TrainingData
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
  data: TrainingData
  engine: TrainerEngine
  /** Milliseconds since 1970 when the run began. */
  began: number
  onChange(): void
}

/** How many losses are kept step by step. */
const FIRST_LOSSES = 100
/** Milliseconds between looks at a worker, and how many of them it may be silent for. The first step may fetch 14 MB. */
const WATCH = { every: 5000, silent: { opening: 36, running: 12 } }

/**
 * Opens a run in a worker, paused, at its last checkpoint if there is one. A worker that dies or loses its graphics
 * device is replaced by another that goes on from the last checkpoint.
 */
export function openTraining(options: TrainingOptions): Training {
  const { run, configuration, data, engine, began, onChange } = options
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
  let making: { resolve(made: MadeRun): void; reject(error: Error): void }[] = []
  let playNext: Until | undefined
  /** How far it was last asked to go. */
  let asked: Until = 'end'
  /** The last checkpoint, where the browser does not keep it. */
  let unkept: TrainingCheckpoint | undefined
  /** Whether a step was taken since the worker was replaced; one that dies before that is not replaced again. */
  let advanced = true
  let silentFor = 0
  let worker = start()
  const watch = setInterval(() => {
    if (state.phase !== 'opening' && state.phase !== 'running') return
    if (++silentFor > WATCH.silent[state.phase]) lose('The part of the page that trains no longer answers.')
  }, WATCH.every)

  function start(): Worker {
    const opened = openWorker(engine)
    opened.addEventListener('error', event => {
      event.preventDefault()
      if (opened === worker) lose(errorOf(event))
    })
    opened.addEventListener('message', ({ data: report }: MessageEvent<Report>) => {
      // What a worker said before it was replaced may arrive after that.
      if (opened === worker) receive(report)
    })
    const command: Command = { type: 'open', run, configuration, data, engine, began, checkpoint: unkept }
    opened.postMessage(command)
    return opened
  }

  function lose(reason: string): void {
    worker.terminate()
    rejectMaking(reason)
    if (!advanced || state.phase === 'failed') {
      fail(reason)
      return
    }
    advanced = false
    silentFor = 0
    playNext = state.phase === 'running' ? asked : playNext
    Object.assign(state, {
      phase: 'opening',
      message: `${reason} Training goes on from the last whole epoch.`,
    })
    worker = start()
    onChange()
  }

  function fail(message: string): void {
    worker.terminate()
    clearInterval(watch)
    rejectMaking(message)
    Object.assign(state, { phase: 'failed', message })
    onChange()
  }

  function rejectMaking(reason: string): void {
    for (const { reject } of making) reject(new Error(reason))
    making = []
  }

  function receive(report: Report): void {
    silentFor = 0
    if (report.type === 'lost') lose(report.message)
    else if (report.type === 'failed') fail(report.message)
    else if (report.type === 'unmade') rejectMaking(report.message)
    else if (report.type === 'made') {
      for (const { resolve } of making) resolve(report.made)
      making = []
    } else follow(report)
  }

  function follow(report: StateReport): void {
    if (report.type === 'progress') advanced = true
    if (report.type === 'kept') {
      unkept = undefined
      state.message = undefined
    }
    if (report.type === 'unkept') unkept = report.checkpoint
    const wanted = state.changes.at(-1)
    update(state, report)
    if (report.type === 'opened') {
      // Sliders that were moved after the checkpoint stay where they are.
      if (wanted && wanted !== state.changes.at(-1)) training.change(wanted.beta, wanted.learningRate)
      if (playNext) training.play(playNext)
      playNext = undefined
    }
    onChange()
  }

  const send = (command: Command) => worker.postMessage(command)
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
        send({ type: 'play', until })
        onChange()
      }
    },
    pause() {
      playNext = undefined
      send({ type: 'pause' })
    },
    change(beta, learningRate) {
      const step = state.epoch * (state.progress?.steps ?? 0) + (state.progress?.step ?? 0)
      // The worker answers with the step at which it takes effect.
      state.changes = [...state.changes, { step, beta, learningRate }]
      send({ type: 'change', beta, learningRate })
      onChange()
    },
    make() {
      return new Promise((resolve, reject) => {
        making.push({ resolve, reject })
        send({ type: 'make' })
      })
    },
    close() {
      clearInterval(watch)
      worker.terminate()
    },
  }
  return training
}

/** What went wrong in a worker, in a sentence. */
function errorOf({ message }: ErrorEvent): string {
  if (!message) return 'The part of the page that trains could not be started.'
  return `Training stopped: ${message.replace(/^Uncaught (Error: )?/, '').replace(/\.$/, '')}.`
}

function openWorker(engine: TrainerEngine): Worker {
  return engine === 'wasm'
    ? new Worker(new URL('./worker/wasm-training.worker.ts', import.meta.url), { type: 'module' })
    : new Worker(new URL('./worker/webgpu-training.worker.ts', import.meta.url), { type: 'module' })
}

const UNKEPT = {
  full: 'This browser has no room left to keep the run: training goes on, but a reload loses it. Download it when it is done.',
  blocked:
    'This browser keeps nothing for this page: training goes on, but a reload loses it. Download it when it is done.',
}

/** Reports that change what is shown. */
type StateReport = Exclude<Report, { type: 'lost' | 'failed' | 'made' | 'unmade' }>

function update(state: TrainingState, report: StateReport): void {
  if (report.type === 'opened') {
    Object.assign(state, {
      phase: 'paused',
      epoch: report.epoch,
      figures: report.figures,
      changes: report.changes,
      progress: undefined,
      firstLosses: [],
    })
  } else if (report.type === 'progress') {
    state.progress = report
    if (state.firstLosses.length < FIRST_LOSSES) state.firstLosses.push(...report.losses)
  } else if (report.type === 'snapshot') state.snapshot = report.snapshot
  else if (report.type === 'changed') state.changes = report.changes
  else if (report.type === 'epoch') {
    Object.assign(state, {
      epoch: report.figures.epoch,
      figures: [...state.figures, report.figures],
      progress: undefined,
    })
  } else if (report.type === 'paused' && state.phase === 'running') state.phase = 'paused'
  else if (report.type === 'finished') state.phase = 'finished'
  else if (report.type === 'unkept') state.message = UNKEPT[report.reason]
}
