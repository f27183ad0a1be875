import { type OpenAPIHono, z } from '@hono/zod-openapi'

/** Collects the paths and components of an OpenAPI document. */
export type Registry = OpenAPIHono['openAPIRegistry']

/** An endpoint by one method, as it is registered. */
export type Path = Parameters<Registry['registerPath']>[0]

/** The parameter `model` of the paths below /v1/models. */
export const ModelParameter = z.object({
  model: z.string().openapi({
    param: { name: 'model', in: 'path' },
    description: 'A model’s id, id@version to pin its version, or `default`',
    example: 'default',
  }),
})

/** Content that is bytes. */
export const BINARY = { schema: { type: 'string', format: 'binary' } } as const
