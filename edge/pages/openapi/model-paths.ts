import { z } from '@hono/zod-openapi'
import { Card } from '../../../models/card.ts'
import { Density } from '../../../models/latent-statistics.ts'
import { MODEL_FILES } from '../../../models/registry/keys.ts'
import { choice } from '../../operations/parameters.ts'
import { ModelList } from '../model-list.ts'
import { BINARY, ModelParameter, type Registry } from './registry.ts'
import { MODEL_HEADERS, modelProblems, NOT_MODIFIED, problems, TAGGED } from './responses.ts'

/** A card as it is answered. */
export const AnsweredCard = Card.extend({ density: Density.nullable().optional() })

const CardQuery = z.object({
  density: choice(['omit']).optional().openapi({
    description:
      '`omit` answers null in place of the density, which is most of a card’s bytes. Only drawing samples needs it.',
  }),
})

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
  const about = 'A model’s card: what it is, how it was trained, its metrics with their units, and its files'
  const card = (schema: z.ZodType) => ({ summary: about, content: { 'application/json': { schema } } })
  for (const { summary, content, query, ...rest } of [
    {
      path: '/v1/models/{model}',
      operationId: 'card',
      query: CardQuery,
      ...card(AnsweredCard),
    },
    { path: '/v1/models/{model}/card.json', operationId: 'cardJson', query: undefined, ...card(Card) },
    ...files.map(file => ({ ...file, query: undefined })),
  ]) {
    registry.registerPath({
      method: 'get',
      ...rest,
      tags: ['models'],
      summary,
      request: { params: ModelParameter, query },
      responses: {
        200: { description: summary, headers: MODEL_HEADERS, content },
        ...NOT_MODIFIED,
        ...modelProblems(false),
      },
    })
  }
}
