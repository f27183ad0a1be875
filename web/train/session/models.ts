import { cardTitle } from '../../../models/model-title.ts'
import type { Catalog, LocalModel } from '../../catalog/catalog.ts'
import type { TrainedOn } from '../keep/describe-onnx.ts'
import { listLocalModels, localModel, removeLocalModel, saveLocalModel } from '../keep/local-models.ts'
import type { OpenRun, SessionStore } from './state.ts'

/** The models saved in this browser, which the page offers like those of a server. */
export interface SessionModels {
  /** Saves the model exported from a run. @returns its id in the page; undefined if none was exported */
  addFromRun(open: OpenRun): Promise<string | undefined>
  /** Reads a model from files and saves it. */
  importFiles(files: readonly File[], trainedOn: TrainedOn): Promise<void>
  rename(model: LocalModel, title: string): Promise<void>
  remove(id: string): Promise<void>
}

/** @param tell shows a message until the visitor dismisses it */
export function openSessionModels(
  { state, set, busy }: SessionStore,
  catalog: Catalog,
  tell: (message: string) => void,
): SessionModels {
  void listLocalModels().then(models => set({ models }))

  async function add(model: LocalModel): Promise<void> {
    const kept = await saveLocalModel(catalog, model)
    if (!kept) tell('This browser stores nothing for this page: a reload loses the model.')
    set({ models: [...state.models.filter(({ id }) => id !== model.id), model] })
  }

  return {
    async addFromRun({ exported, run }) {
      if (!exported) return undefined
      const model = localModel(exported, run.title)
      await add(model)
      return model.id
    },
    importFiles: (files, trainedOn) =>
      busy('Reading the model', async () => {
        // The code that reads zips and ONNX files is fetched when it is needed.
        const { importModel } = await import('../keep/import-model.ts')
        const model = await importModel(files, trainedOn)
        await add(localModel(model, `${cardTitle(model.card)} (imported)`))
      }),
    rename: (model, title) => add({ ...model, title }),
    async remove(id) {
      await removeLocalModel(catalog, id)
      set({ models: state.models.filter(model => model.id !== id) })
    },
  }
}
