import type { LocalModel } from '../../catalog/catalog.ts'
import type { Drawing } from '../data/drawings.ts'
import type { ReadImages } from '../data/read-images.ts'
import type { ExportedRun } from '../exported-run.ts'
import type { StoredRun } from '../keep/run-store.ts'
import type { Training } from '../training.ts'

/** An open run, and the last export of its model. */
export interface OpenRun {
  run: StoredRun
  training: Training
  exported: ExportedRun | undefined
}

/** What the Train view shows. */
export interface SessionState {
  /** One run, or two that train side by side. */
  open: readonly OpenRun[]
  /** The runs saved in this browser. */
  runs: readonly StoredRun[]
  /** The models saved in this browser. */
  models: readonly LocalModel[]
  /** The visitor's own images, once they have been read. */
  own: ReadImages | undefined
  /** The visitor's drawings. */
  drawings: readonly Drawing[]
  /** What the page is doing before training can start, such as fetching images. */
  waiting: string | undefined
  /** The last error, in a sentence for the visitor. */
  failure: string | undefined
  /** Whether the browser can save runs; undefined until that is known. */
  stored: boolean | undefined
}

/** The state of the Train view, and how the parts of a session change it. */
export interface SessionStore {
  readonly state: Readonly<SessionState>
  /** Changes the state and renders the view. */
  set(patch: Partial<SessionState>): void
  /** Does something that takes a while, shows `what` meanwhile, and shows the error if it fails. */
  busy(what: string, work: () => Promise<void>): Promise<void>
}

/** Creates the state, with nothing open. @param draw renders the view, at most once a frame */
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
