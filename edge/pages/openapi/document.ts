import { OpenAPIHono } from '@hono/zod-openapi'
import { OPERATIONS } from '../../operations/index.ts'
import { describeOperation } from './describe-operation.ts'
import { registerModels } from './model-paths.ts'
import { registerPages } from './page-paths.ts'
import { registerHealth, registerUsage } from './server-paths.ts'

/** An OpenAPI 3.1 document. */
export type ApiDocument = ReturnType<OpenAPIHono['getOpenAPI31Document']>

/** Builds the OpenAPI 3.1 description of the API from the schemas that check requests: some 20 ms, so do it once. */
export function buildApiDocument(): ApiDocument {
  const app = new OpenAPIHono()
  const registry = app.openAPIRegistry
  registerModels(registry)
  for (const operation of OPERATIONS) {
    for (const method of operation.methods) registry.registerPath(describeOperation(operation, method))
  }
  registerPages(registry)
  registerUsage(registry)
  registerHealth(registry)
  return app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'latent-edge',
      version: '1',
      description:
        'Images from the latent space of autoencoders: draw, write, interpolate, map, encode and reconstruct by URL. ' +
        'The format of an answer is chosen by `format` or Accept. Errors are RFC 9457 problem details.',
      license: { name: 'MIT', url: 'https://opensource.org/license/mit' },
    },
    servers: [{ url: '/' }],
    // No key is needed.
    security: [],
  })
}
