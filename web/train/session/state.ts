import type { LocalModel } from '../../catalog/catalog.ts'
import type { Drawing } from '../data/drawings.ts'
import type { ReadImages } from '../data/read-images.ts'
import type { MadeRun } from '../exported-run.ts'
import type { StoredRun } from '../keep/run-store.ts'
import type { Training } from '../training.ts'

/** A run that is open, and its model as it was when it was last made. */
export interface OpenRun {
  run: StoredRun
  training: Training
  made: MadeRun | undefined
}

/** What the Train view shows. */
export interface SessionState {
  /** One run, or two that train side by side. */
  open: readonly OpenRun[]
  /** Runs that this browser keeps. */
  runs: readonly StoredRun[]
  /** Models that this browser keeps. */
  models: readonly LocalModel[]
  /** A visitor's own images, once some were read. */
  own: ReadImages | undefined
  /** What the visitor drew. */
  drawings: readonly Drawing[]
  /** What is under way before training can start. */
  waiting: string | undefined
  /** What went wrong, in words for people. */
  failure: string | undefined
  /** Whether the browser keeps runs; undefined before that is known. */
  stored: boolean | undefined
}

/** The state of the Train view, and the two ways in which the parts of a session change it. */
export interface SessionStore {
  readonly state: Readonly<SessionState>
  /** Changes the state and draws the view. */
  set(patch: Partial<SessionState>): void
  /** Does something that takes a while. The view says what it is, and how it failed if it does. */
  busy(what: string, work: () => Promise<void>): Promise<void>
}

/** A state in which nothing is open or known yet. @param draw draws the view, once a frame at most */
export function createSessionStore(draw: () => void): SessionStore {
  const state: SessionState = {
    open: [],
    runs: [],
    models: [],
    own: undefined,
    drawings: [],
    waiting: undefined,
    failure: undefined,
    stored: undefined,
  }
  const set = (patch: Partial<SessionState>) => {
    Object.assign(state, patch)
    draw()
  }
  return {
    state,
    set,
    async busy(what, work) {
      set({ waiting: what, failure: undefined })
      try {
        await work()
      } catch (error) {
        set({ failure: error instanceof Error ? error.message : String(error) })
      } finally {
        set({ waiting: undefined })
      }
    },
  }
}
