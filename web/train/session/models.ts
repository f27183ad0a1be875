import type { Catalog, LocalModel } from '../../catalog/catalog.ts'
import type { TrainedOn } from '../keep/describe-onnx.ts'
import { keepLocalModel, listLocalModels, localModel, removeLocalModel } from '../keep/local-models.ts'
import type { OpenRun, SessionStore } from './state.ts'

/** The models that this browser keeps: models of the page like those of a server. */
export interface SessionModels {
  /** Keeps the model that was made of a run. @returns its id in the page; undefined if none was made */
  keep(open: OpenRun): Promise<string | undefined>
  /** Reads a model from files and keeps it. */
  bring(files: readonly File[], trainedOn: TrainedOn): Promise<void>
  rename(model: LocalModel, title: string): Promise<void>
  remove(id: string): Promise<void>
}

/** @param tell shows a message until it is dismissed */
export function openSessionModels(
  { state, set, busy }: SessionStore,
  catalog: Catalog,
  tell: (message: string) => void,
): SessionModels {
  void listLocalModels().then(models => set({ models }))

  async function add(model: LocalModel): Promise<void> {
    const kept = await keepLocalModel(catalog, model)
    if (!kept) tell('This browser keeps nothing for this page: the model is gone after a reload.')
    set({ models: [...state.models.filter(({ id }) => id !== model.id), model] })
  }

  return {
    async keep({ made, run }) {
      if (!made) return undefined
      const model = localModel(made, run.title)
      await add(model)
      return model.id
    },
    bring: (files, trainedOn) =>
      busy('Reading the model', async () => {
        // The reader of zips and ONNX files is fetched when it is needed.
        const { bringModel } = await import('../keep/import-model.ts')
        const model = await bringModel(files, trainedOn)
        await add(localModel(model, `${model.card.id} (brought)`))
      }),
    rename: (model, title) => add({ ...model, title }),
    async remove(id) {
      await removeLocalModel(catalog, id)
      set({ models: state.models.filter(model => model.id !== id) })
    },
  }
}
