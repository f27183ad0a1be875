import type { AppContext } from '../../lab/app-context.ts'
import type { StoredRun } from '../keep/run-store.ts'
import type { TrainerEngine } from '../messages.ts'
import { openSessionImages, type SessionImages } from './images.ts'
import { type KeptRuns, openKeptRuns } from './kept-runs.ts'
import { openSessionModels, type SessionModels } from './models.ts'
import { createOpenRuns, type OpenRuns } from './open-runs.ts'
import { createSessionStore, type SessionState } from './state.ts'

/** Training in the page. It continues while the visitor looks at other views. */
export interface TrainingSession {
  readonly state: Readonly<SessionState>
  readonly images: SessionImages
  readonly runs: OpenRuns
  readonly kept: KeptRuns
  readonly models: SessionModels
  /** Deletes a saved run, after closing it if it is open. */
  remove(run: StoredRun): Promise<void>
  /** Sets the function that is called on each progress of training. It replaces the one set before. */
  onProgress(listener: () => void): void
}

/** Opens the session of the Train view and lists what is saved in this browser. */
export function openTrainingSession(app: AppContext, engine: () => TrainerEngine): TrainingSession {
  let drawProgress = () => {}
  const store = createSessionStore(app.refresh)
  const images = openSessionImages(store, app.tell)
  const kept = openKeptRuns(store)
  const models = openSessionModels(store, app.catalog, app.tell)
  const runs = createOpenRuns({
    store,
    images,
    kept,
    engine,
    draw: app.refresh,
    drawProgress: () => drawProgress(),
  })
  const { state } = store
  return {
    state,
    images,
    runs,
    kept,
    models,
    async remove(run) {
      if (state.open.some(open => open.run.id === run.id)) runs.reset()
      await kept.remove(run)
    },
    onProgress(listener) {
      drawProgress = listener
    },
  }
}
