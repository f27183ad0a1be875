import { z } from '@hono/zod-openapi'
import { ModelId } from '../../models/card.ts'
import { jsonReply, type Reply } from '../http/reply.ts'
import type { CatalogEntry } from '../platform.ts'

/** A model as the list shows it: its id and, where its card can be read, what it is. */
export const ListedModel = z
  .object({
    id: ModelId,
    available: z.boolean(),
    version: z.string().optional(),
    dataset: z.string().optional(),
    kind: z.enum(['ae', 'vae']).optional(),
    latentDim: z.int().optional(),
    classes: z.array(z.string()).optional(),
    url: z.string().optional().openapi({ description: 'The model’s pinned URL' }),
    canary: z
      .object({ version: z.string(), share: z.number() })
      .optional()
      .openapi({ description: 'A version that answers a share of the requests, in percent' }),
  })
  .openapi('ListedModel')

/** Every model, by id. */
export const ModelList = z.object({ models: z.array(ListedModel) }).openapi('ModelList')

/** The list of models as JSON. */
export function modelListReply(entries: readonly CatalogEntry[]): Reply {
  return jsonReply({ models: entries.map(describe) } satisfies z.input<typeof ModelList>)
}

function describe({ id, card, canary }: CatalogEntry): z.input<typeof ListedModel> {
  if (!card) return { id, available: false }
  const { version, dataset, architecture } = card
  return {
    id,
    version,
    dataset: dataset.name,
    kind: architecture.kind,
    latentDim: architecture.latentDim,
    classes: dataset.classes,
    available: true,
    url: `/v1/models/${id}@${version}`,
    ...(canary && { canary: { version: canary.card.version, share: canary.share } }),
  }
}
