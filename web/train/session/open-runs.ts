import { configurationOf } from '../configuration-of.ts'
import type { PackedData } from '../data/training-data.ts'
import type { MadeRun } from '../exported-run.ts'
import type { StoredRun } from '../keep/run-store.ts'
import { zipInWorker } from '../keep/zip-in-worker.ts'
import type { TrainerEngine, Until } from '../messages.ts'
import { type Recipe, recipesOf } from '../recipe.ts'
import { openTraining, type Training, type TrainingOptions } from '../training.ts'
import { titleOf } from './default-title.ts'
import type { SessionImages } from './images.ts'
import type { KeptRuns } from './kept-runs.ts'
import type { OpenRun, SessionStore } from './state.ts'

/** The run that trains, or the two that train side by side. */
export interface OpenRuns {
  /** Starts a new run of a recipe, in the place of what is open. */
  start(recipe: Recipe, until: Until): Promise<void>
  /** Opens a kept run, and those beside it, at their checkpoints, paused. */
  resume(run: StoredRun): Promise<void>
  /** Lets all open runs go on; side by side, an epoch each in turn. */
  play(until: Until): void
  pause(): void
  /** Exports an open run's model as it is now. */
  make(open: OpenRun): Promise<void>
  /** The zip of a made model; undefined where that failed, and the view says why. */
  zip(made: MadeRun): Promise<Blob | undefined>
  /** Closes what is open; checkpoints stay. */
  reset(): void
}

/** What the runs need of the page. */
export interface OpenRunsOptions {
  store: SessionStore
  images: SessionImages
  kept: KeptRuns
  engine(): TrainerEngine
  /** Draws the view: a run began, waits, ended an epoch … */
  draw(): void
  /** Draws what changes many times a second: the status line and the boards. */
  drawProgress(): void
}

/** Creates the runs of a session: one, or an autoencoder beside a VAE. */
export function createOpenRuns({
  store,
  images,
  kept,
  engine,
  draw,
  drawProgress,
}: OpenRunsOptions): OpenRuns {
  const { state, set, busy } = store
  /** Whether runs side by side go on with an epoch each once all have waited. */
  let inTurns = false

  const open = (run: StoredRun, data: PackedData): OpenRun => ({
    run,
    training: openRun(run, data, engine(), { onChange: goOn, onProgress: drawProgress }),
    made: undefined,
  })

  /** Draws the view, and starts the next turn when both runs have ended theirs. */
  function goOn(): void {
    const phases = state.open.map(({ training }) => training.state.phase)
    const waiting = phases.every(phase => phase !== 'running' && phase !== 'opening')
    if (inTurns && waiting && phases.includes('paused')) play('end')
    draw()
  }

  function play(until: Until): void {
    inTurns = until === 'end' && state.open.length > 1
    for (const { training } of state.open) training.play(inTurns ? 'epoch' : until)
  }

  function reset(): void {
    inTurns = false
    for (const { training } of state.open) training.close()
    set({ open: [] })
  }

  return {
    start: (recipe, until) =>
      busy('Preparing', async () => {
        const data = await images.of(recipe)
        const runs = newRuns(recipe)
        for (const run of runs) await kept.add(run, isOwn(recipe) ? data : undefined)
        reset()
        set({ open: runs.map(run => open(run, data)) })
        play(until)
        await kept.list()
      }),
    resume: run =>
      busy('Opening the run', async () => {
        const data = isOwn(run.recipe) ? await kept.images(run) : await images.of(run.recipe)
        if (!data) throw new Error('The images of this run are no longer in this browser.')
        // Where the browser keeps nothing, the runs that are open are the only ones.
        const known = [...state.runs, ...state.open.map(each => each.run)]
        const beside = new Map(known.filter(({ group }) => group === run.group).map(each => [each.id, each]))
        reset()
        set({ open: [...beside.values()].sort(byKind).map(each => open(each, data)) })
      }),
    play,
    pause() {
      inTurns = false
      for (const { training } of state.open) training.pause()
    },
    make: ({ run, training }) =>
      busy('Exporting the model', async () => {
        const made = await training.make()
        set({ open: state.open.map(each => (each.run === run ? { ...each, made } : each)) })
      }),
    async zip(made) {
      let zip: Blob | undefined
      await busy('Packing the zip', async () => {
        zip = await zipInWorker(made)
      })
      return zip
    },
    reset,
  }
}

function openRun(
  run: StoredRun,
  data: PackedData,
  engine: TrainerEngine,
  events: Pick<TrainingOptions, 'onChange' | 'onProgress'>,
): Training {
  const { name, height, width, classes, train } = data
  const size = { name, height, width, images: train.count, classes: classes.length }
  return openTraining({
    run: run.id,
    configuration: configurationOf(run.recipe, size, engine),
    data,
    engine,
    began: run.created,
    ...events,
  })
}

/** The runs of a recipe: one, or two that train side by side. */
function newRuns(recipe: Recipe): StoredRun[] {
  const now = Date.now()
  const group = crypto.randomUUID()
  return recipesOf(recipe).map(one => ({
    id: crypto.randomUUID(),
    title: titleOf(one),
    recipe: one,
    group,
    created: now,
    changed: now,
    epochs: 0,
  }))
}

/** Whether a recipe's images are the visitor's own, which the run must keep to go on later. */
function isOwn({ data }: Recipe): boolean {
  return data === 'own' || data === 'drawn'
}

/** An autoencoder stands before the VAE beside it. */
function byKind(a: StoredRun, b: StoredRun): number {
  return a.recipe.kind < b.recipe.kind ? -1 : 1
}
