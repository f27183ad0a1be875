import { chooseDefaultModel } from '../../../models/default-model.ts'
import { fetchJson } from '../../catalog/api.ts'

/** A model in the API's list, as far as the gallery uses it. */
export interface ListedModel {
  id: string
  available: boolean
  latentDim: number
  classes: string[]
}

/**
 * Fetches the available models of a server and the one that the examples use.
 *
 * @param home base URL of the server, with a slash at its end
 * @throws Error with a message for people, also if there is no model
 */
export async function fetchModels(
  home: string,
): Promise<{ models: ListedModel[]; exampleModel: ListedModel }> {
  const list = await fetchJson<{ models: ListedModel[] }>(`${home}v1/models`)
  const models = list.models.filter(model => model.available)
  const exampleModel = chooseDefaultModel(models)
  if (exampleModel) return { models, exampleModel }
  throw new Error('This server has no models yet. The examples appear once one is trained and exported.')
}
