import { Card } from '../../../models/card.ts'
import { MODEL_FILES } from '../../../models/registry/keys.ts'
import { ModelList } from '../model-list.ts'
import { BINARY, ModelParameter, type Registry } from './registry.ts'
import { MODEL_HEADERS, modelProblems, NOT_MODIFIED, problems, TAGGED } from './responses.ts'

/** Registers the list of models, their cards and their files. */
export function registerModels(registry: Registry): void {
  registry.registerPath({
    method: 'get',
    path: '/v1/models',
    operationId: 'models',
    tags: ['models'],
    summary: 'Every model, by id',
    responses: {
      200: {
        description: 'The catalog',
        headers: TAGGED,
        content: { 'application/json': { schema: ModelList } },
      },
      ...NOT_MODIFIED,
      ...problems([]),
    },
  })
  const files = MODEL_FILES.map(file => ({
    path: `/v1/models/{model}/${file}`,
    operationId: file.replace(/\.(\w)/, (_, letter: string) => letter.toUpperCase()),
    summary: `A model’s ${file}`,
    content: { 'application/octet-stream': BINARY },
  }))
  const card = {
    summary: 'A model’s card: what it is, how it was trained, its metrics with their units, and its files',
    content: { 'application/json': { schema: Card } },
  }
  for (const { summary, content, ...rest } of [
    { path: '/v1/models/{model}', operationId: 'card', ...card },
    { path: '/v1/models/{model}/card.json', operationId: 'cardJson', ...card },
    ...files,
  ]) {
    registry.registerPath({
      method: 'get',
      ...rest,
      tags: ['models'],
      summary,
      request: { params: ModelParameter },
      responses: {
        200: { description: summary, headers: MODEL_HEADERS, content },
        ...NOT_MODIFIED,
        ...modelProblems(false),
      },
    })
  }
}
