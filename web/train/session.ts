import type { LocalModel } from '../catalog/catalog.ts'
import type { AppContext } from '../lab/app-context.ts'
import type { PickedFile } from '../lab/picked-files.ts'
import { configurationOf } from './configuration-of.ts'
import {
  DRAWING_SIDE,
  type Drawing,
  keepDrawing,
  listDrawings,
  newDrawing,
  removeDrawings,
} from './data/drawings.ts'
import { fetchKnownData, SOURCES } from './data/known-data.ts'
import { makeOwnData } from './data/own-data.ts'
import { type ReadImages, readImages } from './data/read-images.ts'
import type { TrainingData } from './data/training-data.ts'
import type { BroughtModel, TrainedOn } from './keep/describe-onnx.ts'
import { keepLocalModel, listLocalModels, localModel, removeLocalModel } from './keep/local-models.ts'
import { openRunStore, type RunStore, type StoredRun } from './keep/run-store.ts'
import type { MadeRun } from './made-run.ts'
import type { TrainerEngine, Until } from './messages.ts'
import { type Recipe, recipesOf } from './recipe.ts'
import { titleOf } from './title-of.ts'
import { openTraining, type Training } from './training.ts'

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
  own: (ReadImages & { data: TrainingData }) | undefined
  /** What the visitor drew. */
  drawings: readonly Drawing[]
  /** What is under way before training can start. */
  waiting: string | undefined
  /** What went wrong, in words for people. */
  failure: string | undefined
  /** Whether the browser keeps runs; undefined before that is known. */
  stored: boolean | undefined
}

/** The page's training: the data that was fetched or dropped, the runs that are open, and what this browser keeps. */
export interface TrainingSession {
  readonly state: Readonly<SessionState>
  readOwn(files: readonly PickedFile[], side: number, invert: boolean): Promise<void>
  addDrawing(pixels: Uint8Array, label: string): Promise<void>
  removeDrawings(ids: readonly string[]): Promise<void>
  /** Starts a new run of a recipe, in the place of what is open. */
  start(recipe: Recipe, until: Until): Promise<void>
  /** Lets all open runs go on; side by side, an epoch each in turn. */
  play(until: Until): void
  pause(): void
  /** Makes an open run's run directory and model as they are now. */
  make(open: OpenRun): Promise<void>
  /** Keeps a made model in this browser and adds it to the page's models. Its id there. */
  keepModel(open: OpenRun): Promise<string | undefined>
  bringModel(files: readonly File[], trainedOn: TrainedOn): Promise<void>
  renameModel(model: LocalModel, title: string): Promise<void>
  removeModel(id: string): Promise<void>
  /** Opens a stored run, and those beside it, at their checkpoints, paused. */
  resume(run: StoredRun): Promise<void>
  rename(run: StoredRun, title: string): Promise<void>
  remove(run: StoredRun): Promise<void>
  /** Closes what is open; checkpoints stay. */
  reset(): void
}

/** Opens the session of the Train view and lists what the browser keeps. */
export function openTrainingSession(app: AppContext, engine: () => TrainerEngine): TrainingSession {
  let store: RunStore | undefined
  /** Whether runs side by side go on with an epoch each once all have waited. */
  let inTurns = false
  const known = new Map<string, TrainingData>()
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
    app.refresh()
  }
  const listed = openRunStore().then(
    async opened => {
      store = opened
      set({ runs: await opened.list(), stored: true })
    },
    () => set({ stored: false }),
  )
  void listLocalModels().then(models => set({ models }))
  void listDrawings().then(drawings => set({ drawings }))
  const list = async () => set({ runs: (await store?.list()) ?? [] })

  /** Does something that takes a while, and shows what it is and how it failed. */
  async function busy(what: string, work: () => Promise<void>): Promise<void> {
    set({ waiting: what, failure: undefined })
    try {
      await work()
    } catch (error) {
      set({ failure: error instanceof Error ? error.message : String(error) })
    } finally {
      set({ waiting: undefined })
    }
  }

  async function dataOf({ data, images }: Recipe): Promise<TrainingData> {
    if (data === 'drawn') return makeOwnData(state.drawings, DRAWING_SIDE)
    if (data === 'own') {
      if (!state.own) throw new Error('Choose images of your own first.')
      return state.own.data
    }
    const key = `${data} ${images}`
    const fetched =
      known.get(key) ??
      (await fetchKnownData(data, images, received =>
        set({ waiting: `Fetching ${SOURCES[data].title}: ${(received / 1e6).toFixed(1)} MB` }),
      ))
    known.set(key, fetched)
    return fetched
  }

  function openRun(run: StoredRun, data: TrainingData): OpenRun {
    const { name, height, width, classes, train } = data
    const size = { name, height, width, images: train.count, classes: classes.length }
    const training = openTraining({
      run: run.id,
      configuration: configurationOf(run.recipe, size, engine()),
      data,
      engine: engine(),
      began: run.created,
      onChange,
    })
    return { run, training, made: undefined }
  }

  function onChange(): void {
    const phases = state.open.map(({ training }) => training.state.phase)
    const waiting = phases.every(phase => phase !== 'running' && phase !== 'opening')
    if (inTurns && waiting && phases.includes('paused')) play('end')
    app.refresh()
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

  async function addModel(model: LocalModel): Promise<void> {
    const kept = await keepLocalModel(app.catalog, model)
    if (!kept) app.tell('This browser keeps nothing for this page: the model is gone after a reload.')
    set({ models: [...state.models.filter(({ id }) => id !== model.id), model] })
  }

  return {
    state,
    readOwn: (files, side, invert) =>
      busy('Reading your images', async () => {
        const read = await readImages(files, { side, invert }, (done, of) =>
          set({ waiting: `Reading your images: ${done.toLocaleString('en')} of ${of.toLocaleString('en')}` }),
        )
        const [first] = read.skipped
        try {
          set({ own: { ...read, data: makeOwnData(read.images, side) } })
        } catch (error) {
          const left = first
            ? ` ${read.skipped.length} could not be used: ${first.path}, ${first.reason}.`
            : ''
          throw new Error(`${(error as Error).message}${left}`)
        }
      }),
    async addDrawing(pixels, label) {
      const drawing = newDrawing(pixels, label)
      set({ drawings: [...state.drawings, drawing] })
      if (!(await keepDrawing(drawing)))
        app.tell('This browser keeps nothing for this page: drawings are gone after a reload.')
    },
    async removeDrawings(ids) {
      set({ drawings: state.drawings.filter(({ id }) => !ids.includes(id)) })
      await removeDrawings(ids)
    },
    start: (recipe, until) =>
      busy('Preparing', async () => {
        const data = await dataOf(recipe)
        await listed
        const now = Date.now()
        const group = crypto.randomUUID()
        const runs = recipesOf(recipe).map(
          (one): StoredRun => ({
            id: crypto.randomUUID(),
            title: titleOf(one),
            recipe: one,
            group,
            created: now,
            changed: now,
            epochs: 0,
          }),
        )
        const kept = isOwn(recipe) ? data : undefined
        for (const run of runs) await store?.save(run, kept).catch(() => {})
        reset()
        set({ open: runs.map(run => openRun(run, data)) })
        play(until)
        await list()
      }),
    play,
    pause() {
      inTurns = false
      for (const { training } of state.open) training.pause()
    },
    make: open =>
      busy('Exporting the model', async () => {
        const made = await open.training.make()
        set({ open: state.open.map(each => (each.run === open.run ? { ...each, made } : each)) })
      }),
    async keepModel({ made, run }) {
      if (!made) return undefined
      const model = localModel(made, run.title)
      await addModel(model)
      return model.id
    },
    bringModel: (files, trainedOn) =>
      busy('Reading the model', async () => {
        const { bringModel } = await import('./keep/bring-model.ts')
        const model: BroughtModel = await bringModel(files, trainedOn)
        await addModel(localModel(model, `${model.card.id} (brought)`))
      }),
    renameModel: (model, title) => addModel({ ...model, title }),
    async removeModel(id) {
      await removeLocalModel(app.catalog, id)
      set({ models: state.models.filter(model => model.id !== id) })
    },
    resume: run =>
      busy('Opening the run', async () => {
        const data = isOwn(run.recipe) ? await store?.loadData(run.id) : await dataOf(run.recipe)
        if (!data) throw new Error('The images of this run are no longer in this browser.')
        // Where the browser keeps nothing, the runs that are open are the only ones.
        const known = [...state.runs, ...state.open.map(open => open.run)]
        const beside = new Map(known.filter(({ group }) => group === run.group).map(each => [each.id, each]))
        reset()
        set({ open: [...beside.values()].sort(byKind).map(each => openRun(each, data)) })
      }),
    async rename(run, title) {
      await store?.rename(run.id, title)
      await list()
    },
    async remove(run) {
      if (state.open.some(open => open.run.id === run.id)) reset()
      await store?.remove(run.id)
      await list()
    },
    reset,
  }
}

/** Whether a recipe's images are the visitor's own, which the run must keep to go on later. */
function isOwn({ data }: Recipe): boolean {
  return data === 'own' || data === 'drawn'
}

/** An autoencoder stands before the VAE beside it. */
function byKind(a: StoredRun, b: StoredRun): number {
  return a.recipe.kind < b.recipe.kind ? -1 : 1
}
