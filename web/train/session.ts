import type { LocalModel } from '../catalog/catalog.ts'
import type { AppContext } from '../lab/app-context.ts'
import { fetchKnownData, SOURCES } from './known-data.ts'
import { keepLocalModel, listLocalModels, removeLocalModel } from './local-models.ts'
import type { MadeModel } from './make-model.ts'
import type { TrainerEngine } from './messages.ts'
import { type OwnImages, type PickedFile, readOwnImages } from './own-images.ts'
import { configurationOf, type Recipe } from './recipe.ts'
import { openRunStore, type RunStore, type StoredRun } from './run-store.ts'
import { openTraining, type Training } from './training.ts'
import type { TrainingData } from './training-data.ts'

/** The page's training: the data that was fetched or dropped, the run that is open, and the runs kept in this browser. */
export interface TrainingSession {
  readonly training: Training | undefined
  readonly run: StoredRun | undefined
  readonly runs: readonly StoredRun[]
  /** A visitor's own images, once some were read. */
  readonly own: OwnImages | undefined
  /** What is under way before training can start. */
  readonly waiting: string | undefined
  /** What went wrong, in words for people. */
  readonly failure: string | undefined
  /** Whether the browser keeps runs; undefined before that is known. */
  readonly stored: boolean | undefined
  readOwn(files: readonly PickedFile[], side: number, invert: boolean): Promise<void>
  /** Starts a new run of a recipe, in the place of the one that is open. */
  start(recipe: Recipe, until?: 'end' | 'epoch' | 'step'): Promise<void>
  /** The open run's model as it was when it was last exported. */
  readonly made: MadeModel | undefined
  /** Exports the open run's model as it is now. */
  make(): Promise<void>
  /** Models that this browser keeps. */
  readonly models: readonly LocalModel[]
  /** Keeps the exported model in this browser and adds it to the page's models. Its id there. */
  keepModel(): Promise<string | undefined>
  /** Adds a model of files that were exported before. */
  bringModel(files: readonly File[]): Promise<void>
  removeModel(id: string): Promise<void>
  /** Opens a stored run at its checkpoint, paused. */
  resume(run: StoredRun): Promise<void>
  rename(run: StoredRun, title: string): Promise<void>
  remove(run: StoredRun): Promise<void>
  /** Ends the open run; its checkpoint stays. */
  reset(): void
  close(): void
}

/** Opens the session of the Train view and lists the runs that the browser keeps. */
export function openTrainingSession(app: AppContext, engine: () => TrainerEngine): TrainingSession {
  let store: RunStore | undefined
  const known = new Map<string, TrainingData>()
  const session = {
    training: undefined as Training | undefined,
    run: undefined as StoredRun | undefined,
    runs: [] as StoredRun[],
    own: undefined as OwnImages | undefined,
    waiting: undefined as string | undefined,
    failure: undefined as string | undefined,
    stored: undefined as boolean | undefined,
    made: undefined as MadeModel | undefined,
    models: [] as readonly LocalModel[],
  }
  const set = (patch: Partial<typeof session>) => {
    Object.assign(session, patch)
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

  async function dataOf(recipe: Recipe): Promise<TrainingData> {
    if (recipe.data === 'own') {
      if (!session.own) throw new Error('Choose images of your own first.')
      return session.own.data
    }
    const key = `${recipe.data} ${recipe.images}`
    const fetched =
      known.get(key) ??
      (await fetchKnownData(recipe.data, recipe.images, received =>
        set({
          waiting: `Fetching ${SOURCES[recipe.data as 'mnist'].title}: ${(received / 1e6).toFixed(1)} MB`,
        }),
      ))
    known.set(key, fetched)
    return fetched
  }

  function open(run: StoredRun, data: TrainingData, resume: boolean): Training {
    session.training?.close()
    session.made = undefined
    const images = data.train.count
    return openTraining({
      run: run.id,
      configuration: configurationOf(run.recipe, {
        name: data.name,
        height: data.height,
        width: data.width,
        images,
        classes: data.classes.length,
      }),
      data,
      engine: engine(),
      resume,
      began: run.created,
      onChange: app.refresh,
    })
  }

  return {
    get training() {
      return session.training
    },
    get run() {
      return session.run
    },
    get runs() {
      return session.runs
    },
    get own() {
      return session.own
    },
    get waiting() {
      return session.waiting
    },
    get failure() {
      return session.failure
    },
    get models() {
      return session.models
    },
    get made() {
      return session.made
    },
    get stored() {
      return session.stored
    },
    readOwn: (files, side, invert) =>
      busy('Reading your images', async () => {
        const progress = (read: number, of: number) =>
          set({ waiting: `Reading your images: ${read} of ${of}` })
        set({ own: await readOwnImages(files, { side, invert, progress }) })
      }),
    start: (recipe, until = 'end') =>
      busy('Preparing', async () => {
        const data = await dataOf(recipe)
        await listed
        const now = Date.now()
        const run = {
          id: crypto.randomUUID(),
          title: titleOf(recipe),
          recipe,
          created: now,
          changed: now,
          epochs: 0,
        }
        let kept = true
        await store?.save(run, recipe.data === 'own' ? data : undefined).catch(() => {
          kept = false
        })
        const training = open(run, data, false)
        if (!kept || !store) {
          training.state.message =
            'This browser keeps nothing for this page (its storage is blocked or full): training works, but a reload loses it.'
        }
        set({ run, training })
        training.play(until)
        await list()
      }),
    make: () =>
      busy('Exporting the model', async () => {
        if (session.training) set({ made: await session.training.make() })
      }),
    async keepModel() {
      const { made, run } = session
      if (!made) return undefined
      const { id, kept } = await keepLocalModel(app.catalog, made, run?.title ?? made.card.id)
      if (!kept) app.tell('This browser keeps nothing for this page: the model is gone after a reload.')
      set({ models: await listLocalModels() })
      return id
    },
    bringModel: files =>
      busy('Reading the model', async () => {
        const { readModelFiles } = await import('./read-model-files.ts')
        const model = await readModelFiles(files)
        await keepLocalModel(app.catalog, model, `${model.card.id} (brought)`)
        set({ models: await listLocalModels() })
      }),
    async removeModel(id) {
      await removeLocalModel(app.catalog, id)
      set({ models: await listLocalModels() })
    },
    resume: run =>
      busy('Opening the run', async () => {
        const data = run.recipe.data === 'own' ? await store?.loadData(run.id) : await dataOf(run.recipe)
        if (!data) throw new Error('The images of this run are no longer in this browser.')
        set({ run, training: open(run, data, true) })
      }),
    async rename(run, title) {
      await store?.rename(run.id, title)
      await list()
    },
    async remove(run) {
      if (session.run?.id === run.id) {
        session.training?.close()
        set({ training: undefined, run: undefined, made: undefined })
      }
      await store?.remove(run.id)
      await list()
    },
    reset() {
      session.training?.close()
      set({ training: undefined, run: undefined, made: undefined })
    },
    close: () => session.training?.close(),
  }
}

/** What a run is called until the visitor names it. */
export function titleOf(recipe: Recipe): string {
  const data = recipe.data === 'own' ? 'My images' : SOURCES[recipe.data].title
  const kind = recipe.kind === 'ae' ? 'AE' : recipe.beta === 1 ? 'VAE' : `VAE, β = ${recipe.beta}`
  return `${data}: ${kind}, ${recipe.layers} ${recipe.layers === 1 ? 'layer' : 'layers'}, ${recipe.latent} latent ${recipe.latent === 1 ? 'number' : 'numbers'}`
}
