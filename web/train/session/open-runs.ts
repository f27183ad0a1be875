import { configurationOf } from '../configuration-of.ts'
import type { PackedData } from '../data/training-data.ts'
import type { ExportedRun } from '../exported-run.ts'
import type { StoredRun } from '../keep/run-store.ts'
import { zipInWorker } from '../keep/zip-in-worker.ts'
import type { TrainerEngine, Until } from '../messages.ts'
import { type Recipe, recipesOf } from '../recipe.ts'
import { openTraining, type Training, type TrainingOptions } from '../training.ts'
import { defaultTitle } from './default-title.ts'
import type { SessionImages } from './images.ts'
import type { KeptRuns } from './kept-runs.ts'
import type { OpenRun, SessionStore } from './state.ts'

/** The open run, or the two that train side by side. */
export interface OpenRuns {
  /** Starts a new run of a recipe; what is open is closed. */
  start(recipe: Recipe, until: Until): Promise<void>
  /** Opens a saved run, and those of its group, at their checkpoints, paused. */
  resume(run: StoredRun): Promise<void>
  /** Lets all open runs continue. Two runs side by side take turns, an epoch each. */
  play(until: Until): void
  pause(): void
  /** Exports the model of an open run as it is now. */
  exportModel(open: OpenRun): Promise<void>
  /** Makes the zip of an exported run; undefined if that failed, which the view then shows. */
  zip(exported: ExportedRun): Promise<Blob | undefined>
  /** Closes the open runs; their checkpoints stay. */
  reset(): void
}

/** What open runs need from the page. */
export interface OpenRunsOptions {
  store: SessionStore
  images: SessionImages
  kept: KeptRuns
  engine(): TrainerEngine
  /** Renders the view: a run was opened, paused, or has ended an epoch, for example. */
  draw(): void
  /** Draws what changes many times a second: the status line and the charts. */
  drawProgress(): void
}

/** Creates the session's open runs, with none open yet. */
export function createOpenRuns({
  store,
  images,
  kept,
  engine,
  draw,
  drawProgress,
}: OpenRunsOptions): OpenRuns {
  const { state, set, busy } = store
  /** Whether two runs take turns: each trains an epoch once both have paused. */
  let takesTurns = false

  const open = (run: StoredRun, data: PackedData): OpenRun => ({
    run,
    training: openRun(run, data, engine(), { onChange: onRunChange, onProgress: drawProgress }),
    exported: undefined,
  })

  /** Renders the view, and starts the next turn once both runs have ended theirs. */
  function onRunChange(): void {
    const phases = state.open.map(({ training }) => training.state.phase)
    const waiting = phases.every(phase => phase !== 'running' && phase !== 'opening')
    if (takesTurns && waiting && phases.includes('paused')) play('end')
    draw()
  }

  function play(until: Until): void {
    takesTurns = until === 'end' && state.open.length > 1
    for (const { training } of state.open) training.play(takesTurns ? 'epoch' : until)
  }

  function reset(): void {
    takesTurns = false
    for (const { training } of state.open) training.close()
    set({ open: [] })
  }

  return {
    start: (recipe, until) =>
      busy('Preparing', async () => {
        const data = await images.load(recipe)
        const runs = newRuns(recipe)
        for (const run of runs) await kept.add(run, usesOwnImages(recipe) ? data : undefined)
        reset()
        set({ open: runs.map(run => open(run, data)) })
        play(until)
        await kept.list()
      }),
    resume: run =>
      busy('Opening the run', async () => {
        const data = usesOwnImages(run.recipe) ? await kept.images(run) : await images.load(run.recipe)
        if (!data) throw new Error('The images of this run are no longer in this browser.')
        // If the browser stores nothing, only the open runs are known.
        const known = [...state.runs, ...state.open.map(each => each.run)]
        const beside = new Map(known.filter(({ group }) => group === run.group).map(each => [each.id, each]))
        reset()
        set({ open: [...beside.values()].sort(byKind).map(each => open(each, data)) })
      }),
    play,
    pause() {
      takesTurns = false
      for (const { training } of state.open) training.pause()
    },
    exportModel: ({ run, training }) =>
      busy('Exporting the model', async () => {
        const exported = await training.exportModel()
        set({ open: state.open.map(each => (each.run === run ? { ...each, exported } : each)) })
      }),
    async zip(exported) {
      let zip: Blob | undefined
      await busy('Packing the zip', async () => {
        zip = await zipInWorker(exported)
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
    startedAt: run.created,
    ...events,
  })
}

/** New runs of a recipe: one, or two that train side by side. */
function newRuns(recipe: Recipe): StoredRun[] {
  const now = Date.now()
  const group = crypto.randomUUID()
  return recipesOf(recipe).map(one => ({
    id: crypto.randomUUID(),
    title: defaultTitle(one),
    recipe: one,
    group,
    created: now,
    changed: now,
    epochs: 0,
  }))
}

/** Whether the images are the visitor's own, which must be saved with the run. */
function usesOwnImages({ data }: Recipe): boolean {
  return data === 'own' || data === 'drawn'
}

/** Orders an AE before the VAE beside it. */
function byKind(a: StoredRun, b: StoredRun): number {
  return a.recipe.kind < b.recipe.kind ? -1 : 1
}
