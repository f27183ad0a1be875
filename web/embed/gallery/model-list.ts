import { chooseDefaultModel } from '../../../models/default-model.ts'
import type { NamedModel } from '../../../models/model-title.ts'
import { fetchJson } from '../../catalog/api.ts'

/** The part of a model in the API's list that the gallery uses. */
export interface ListedModel extends NamedModel {
  available: boolean
  latentDim: number
  classes: string[]
}

/**
 * Fetches a server's available models, and which of them the examples use.
 *
 * @param home base URL of the server, with a slash at its end
 * @throws Error with a message for the reader; also if there is no model
 */
export async function fetchModels(
  home: string,
): Promise<{ models: ListedModel[]; exampleModel: ListedModel }> {
  const list = await fetchJson<{ default?: string; models: ListedModel[] }>(`${home}v1/models`)
  const models = list.models.filter(model => model.available)
  const exampleModel = models.find(({ id }) => id === list.default) ?? chooseDefaultModel(models)
  if (exampleModel) return { models, exampleModel }
  throw new Error('This server has no models yet. The examples appear once one is trained and exported.')
}
