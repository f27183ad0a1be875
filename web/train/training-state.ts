import type { Change } from '../../train/step/run/record.ts'
import type { EpochFigures, Report, Snapshot, TrainingCheckpoint } from './messages.ts'

/** What the page shows of a run under way. */
export interface TrainingState {
  phase: 'opening' | 'paused' | 'running' | 'finished' | 'failed'
  /** Why it failed, or what is not as it should be. */
  message: string | undefined
  /** Epochs done. */
  epoch: number
  /** Of the epoch under way. */
  progress: Extract<Report, { type: 'progress' }> | undefined
  figures: readonly EpochFigures[]
  changes: readonly Change[]
  /** Losses of the first steps since it was opened, nats per image. */
  firstLosses: number[]
  snapshot: Snapshot | undefined
  /** The last checkpoint, where the browser does not keep it. */
  unkept: TrainingCheckpoint | undefined
}

/** How many losses are kept step by step. */
const FIRST_LOSSES = 100

const UNKEPT = {
  full: 'This browser has no room left to keep the run: training goes on, but a reload loses it. Download it when it is done.',
  blocked:
    'This browser keeps nothing for this page: training goes on, but a reload loses it. Download it when it is done.',
}

/** Reports of the worker that change what is shown. */
export type StateReport = Exclude<Report, { type: 'lost' | 'failed' | 'made' | 'unmade' }>

/** The state of a training whose worker is being opened. */
export function openingState(): TrainingState {
  return {
    phase: 'opening',
    message: undefined,
    epoch: 0,
    progress: undefined,
    figures: [],
    changes: [],
    firstLosses: [],
    snapshot: undefined,
    unkept: undefined,
  }
}

/** Changes the state by what the worker reports. Figures and changes are new arrays each time; what was shown stays. */
export function updateState(state: TrainingState, report: StateReport): void {
  switch (report.type) {
    case 'opened':
      Object.assign(state, {
        phase: 'paused',
        epoch: report.epoch,
        figures: report.figures,
        changes: report.changes,
        progress: undefined,
        firstLosses: [],
      })
      break
    case 'progress':
      state.progress = report
      if (state.firstLosses.length < FIRST_LOSSES) state.firstLosses.push(...report.losses)
      break
    case 'snapshot':
      state.snapshot = report.snapshot
      break
    case 'changed':
      state.changes = report.changes
      break
    case 'epoch':
      state.epoch = report.figures.epoch
      state.figures = [...state.figures, report.figures]
      state.progress = undefined
      break
    case 'paused':
      if (state.phase === 'running') state.phase = 'paused'
      break
    case 'finished':
      state.phase = 'finished'
      break
    case 'kept':
      state.message = undefined
      state.unkept = undefined
      break
    case 'unkept':
      state.message = UNKEPT[report.reason]
      state.unkept = report.checkpoint
  }
}
