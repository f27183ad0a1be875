import { z } from '@hono/zod-openapi'
import { ModelId } from '../../models/card.ts'
import type { ModelCatalog } from '../catalog/model-catalog.ts'
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
    conditional: z.boolean().optional().openapi({ description: 'Whether it decodes a latent with a class' }),
    classes: z.array(z.string()).optional(),
    url: z.string().optional().openapi({ description: 'The model’s pinned URL' }),
    canary: z
      .object({ version: z.string(), share: z.number() })
      .optional()
      .openapi({ description: 'A version that answers a share of the requests, in percent' }),
  })
  .openapi('ListedModel', { description: 'A model of the server' })

/** Every model, by id. */
export const ModelList = z
  .object({
    default: z.string().optional().openapi({ description: 'The model that the id `default` stands for' }),
    models: z.array(ListedModel),
  })
  .openapi('ModelList', { description: 'The models of the server' })

/** The list of models as JSON. */
export async function modelListReply(catalog: ModelCatalog): Promise<Reply> {
  const models = (await catalog.list()).map(describe)
  return jsonReply({ default: await catalog.defaultId(), models } satisfies z.input<typeof ModelList>)
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
    conditional: architecture.classes !== undefined,
    classes: dataset.classes,
    available: true,
    url: `/v1/models/${id}@${version}`,
    ...(canary && { canary: { version: canary.card.version, share: canary.share } }),
  }
}
