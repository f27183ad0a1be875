import { z } from '@hono/zod-openapi'
import type { Registry } from './registry.ts'
import { problems } from './responses.ts'

/** Registers the usage of a client with an API key. */
export function registerUsage(registry: Registry): void {
  const Usage = z.object({
    client: z.string(),
    day: z.string().openapi({ description: 'The day (UTC) that is counted', example: '2026-11-26' }),
    used: z.int().openapi({ description: 'Units; a request for up to 16 images is one' }),
    quota: z.int().nullable().openapi({ description: 'Units a day; null without a quota' }),
    remaining: z.int().nullable(),
    rate: z.int().nullable().openapi({ description: 'Units a minute; null without a limit' }),
  })
  registry.registerComponent('securitySchemes', 'key', { type: 'http', scheme: 'bearer' })
  registry.registerPath({
    method: 'get',
    path: '/v1/usage',
    operationId: 'usage',
    tags: ['keys'],
    summary: 'What a client with an API key has used today',
    security: [{ key: [] }],
    responses: {
      200: { description: 'Its usage', content: { 'application/json': { schema: Usage } } },
      ...problems(['unauthorized', 'not-found']),
    },
  })
}

const Ready = z
  .object({
    status: z.literal('ready'),
    model: z.string(),
    runtimeStart: z.enum(['global scope', 'request']).optional().openapi({
      description: 'Of a Worker: whether ONNX Runtime was started before the first request or during one',
    }),
    incidents: z
      .array(z.object({ name: z.string(), reason: z.string() }))
      .optional()
      .openapi({ description: 'What should work and does not: models, versions, the start of the runtime' }),
  })
  .openapi('Ready', { description: 'Whether the server can answer, and what keeps it from answering' })

/** Registers the health checks. */
export function registerHealth(registry: Registry): void {
  const Alive = z.object({ status: z.literal('ok') }).openapi('Alive', { description: 'The server runs' })
  registry.registerPath({
    method: 'get',
    path: '/healthz',
    operationId: 'healthz',
    tags: ['health'],
    summary: 'Whether the server is alive',
    responses: {
      200: { description: 'The server is alive', content: { 'application/json': { schema: Alive } } },
      ...problems([]),
    },
  })
  registry.registerPath({
    method: 'get',
    path: '/readyz',
    operationId: 'readyz',
    tags: ['health'],
    summary: 'Whether a model answers',
    responses: {
      200: { description: 'A model answers', content: { 'application/json': { schema: Ready } } },
      ...problems(['model-unavailable', 'shutting-down']),
    },
  })
}
