import type { Change } from '../../train/step/run/record.ts'
import type { EpochFigures, Report, Snapshot, TrainingCheckpoint } from './messages.ts'

/** What the page knows of a run. */
export interface TrainingState {
  phase: 'opening' | 'paused' | 'running' | 'finished' | 'failed'
  /** Why the run failed, or a warning. */
  message: string | undefined
  /** Epochs trained so far. */
  epoch: number
  /** The last report of progress in the current epoch. */
  progress: Extract<Report, { type: 'progress' }> | undefined
  figures: readonly EpochFigures[]
  changes: readonly Change[]
  /** Losses of the first steps since the run was opened, in nats per image. */
  firstLosses: number[]
  snapshot: Snapshot | undefined
  /** The last checkpoint, if the browser could not save it. */
  unsavedCheckpoint: TrainingCheckpoint | undefined
}

/** How many of the first steps' losses are kept. */
const FIRST_LOSSES = 100

const NOT_SAVED = {
  full:
    'This browser has no room left to save the run: training continues, but a reload loses the run. When it ' +
    'has finished, export the model and download it.',
  blocked:
    'This browser stores nothing for this page: training continues, but a reload loses the run. When it has ' +
    'finished, export the model and download it.',
}

/** The worker's reports that change the state. */
export type StateReport = Exclude<Report, { type: 'lost' | 'failed' | 'exported' | 'exportFailed' }>

/** The state while the worker is being opened. */
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
    unsavedCheckpoint: undefined,
  }
}

/**
 * Applies a worker's report to the state. `figures` and `changes` become new arrays, so that a change of them is
 * noticed by comparison.
 */
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
    case 'checkpointSaved':
      state.message = undefined
      state.unsavedCheckpoint = undefined
      break
    case 'checkpointNotSaved':
      state.message = NOT_SAVED[report.reason]
      state.unsavedCheckpoint = report.checkpoint
  }
}
