import { OpenAPIHono, z } from '@hono/zod-openapi'
import { Card } from '../../models/card.ts'
import { MODEL_FILES } from '../../models/registry/keys.ts'
import { FORMATS, type Format } from '../http/negotiate-format.ts'
import { jsonReply, type Reply } from '../http/reply.ts'
import { LIMITS } from '../limits.ts'
import type { BodyKind } from '../operations/body.ts'
import { OPERATIONS } from '../operations/index.ts'
import { type Method, type Operation, queryOf } from '../operations/operation.ts'
import { choice } from '../operations/parameters.ts'
import { JSON_BODIES } from '../pipeline/body-schemas.ts'
import { BODY_TYPES } from '../pipeline/read-body.ts'
import { EmbedQuery } from './embed-options.ts'
import { ModelList } from './model-list.ts'
import { Oembed, OembedQuery } from './oembed.ts'
import { MODEL_HEADERS, modelProblems, NOT_MODIFIED, problems, TAGGED } from './openapi-responses.ts'

type Registry = OpenAPIHono['openAPIRegistry']
type Path = Parameters<Registry['registerPath']>[0]

/** An OpenAPI 3.1 document. */
export type Document = ReturnType<OpenAPIHono['getOpenAPI31Document']>

const ModelParameter = z.object({
  model: z.string().openapi({
    param: { name: 'model', in: 'path' },
    description: 'A model’s id, id@version to pin its version, or `default`',
    example: 'default',
  }),
})

const binary = { schema: { type: 'string', format: 'binary' } } as const
let document: Document | undefined

/** The OpenAPI 3.1 description, from the schemas that check requests. */
export function describeApi(): Document {
  document ??= build()
  return document
}

/** The description as JSON. */
export function openApiReply(): Reply {
  return jsonReply(describeApi())
}

function build(): Document {
  const app = new OpenAPIHono()
  const registry = app.openAPIRegistry
  registerCatalog(registry)
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

function describeOperation(operation: Operation, method: Method): Path {
  const query = queryOf(operation, method).extend({
    format: choice(operation.formats as [Format, ...Format[]])
      .optional()
      .openapi({ description: `Format of the answer; else by Accept, else ${operation.formats[0]}` }),
  })
  return {
    method,
    path: `/v1/models/{model}/${operation.name}`,
    operationId: method === 'get' ? operation.name : `${operation.name}Posted`,
    tags: ['images'],
    summary: operation.summary,
    description: operation.description,
    request: {
      params: ModelParameter,
      query,
      ...(method === 'post' && operation.body && { body: describeBody(operation.body) }),
    },
    responses: {
      200: {
        description: operation.summary,
        headers: MODEL_HEADERS,
        content: Object.fromEntries(
          operation.formats.map(format => [FORMATS[format], content(operation, format)]),
        ),
      },
      ...(method === 'get' && NOT_MODIFIED),
      ...(operation.formats.includes('sse') && {
        204: { description: 'The stream that the client reconnects to has ended' },
      }),
      ...modelProblems(method === 'post'),
    },
  }
}

function content(operation: Operation, format: Format) {
  if (format === 'json') {
    const about = { model: z.string(), version: z.string(), seed: z.int().optional() }
    return { schema: z.object({ ...about, ...operation.answer.shape }) }
  }
  if (format === 'sse') return { schema: { type: 'string' as const } }
  return binary
}

function describeBody(kind: BodyKind) {
  return {
    required: true,
    description: `At most ${LIMITS.bodyBytes} bytes`,
    content: Object.fromEntries(
      BODY_TYPES[kind].map(type => [
        type,
        type === 'application/json'
          ? { schema: JSON_BODIES[kind] }
          : type === 'multipart/form-data'
            ? {
                schema: {
                  type: 'object' as const,
                  properties: { image: { type: 'array' as const, items: binary.schema } },
                },
              }
            : binary,
      ]),
    ),
  }
}

function registerCatalog(registry: Registry): void {
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
    content: { 'application/octet-stream': binary },
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

function registerUsage(registry: Registry): void {
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

function registerPages(registry: Registry): void {
  const html = { 'text/html': { schema: { type: 'string' as const } } }
  registry.registerPath({
    method: 'get',
    path: '/embed',
    operationId: 'embed',
    tags: ['embedding'],
    summary: 'A page with an interpolation, for an iframe; without parameters, a redirect to the gallery',
    request: { query: EmbedQuery.partial({ model: true }) },
    responses: {
      200: { description: 'The page', headers: TAGGED, content: html },
      302: { description: 'To the gallery' },
      ...NOT_MODIFIED,
      ...problems(['invalid-value', 'unknown-model', 'unknown-version', 'model-unavailable']),
    },
  })
  registry.registerPath({
    method: 'get',
    path: '/oembed',
    operationId: 'oembed',
    tags: ['embedding'],
    summary: 'How to embed a link to this server (oembed.com, 1.0)',
    request: { query: OembedQuery },
    responses: {
      200: {
        description: 'The answer',
        headers: TAGGED,
        content: {
          'application/json': { schema: Oembed },
          'text/xml': { schema: { type: 'string' as const } },
        },
      },
      ...NOT_MODIFIED,
      501: {
        description: 'Another format than json and xml',
        content: { 'text/plain': { schema: { type: 'string' } } },
      },
      ...problems(['invalid-value', 'not-found', 'unknown-model', 'unknown-version', 'model-unavailable']),
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
  .openapi('Ready')

function registerHealth(registry: Registry): void {
  const Alive = z.object({ status: z.literal('ok') }).openapi('Alive')
  registry.registerPath({
    method: 'get',
    path: '/healthz',
    operationId: 'healthz',
    tags: ['health'],
    summary: 'Whether the server is alive',
    responses: {
      200: { description: 'It is', content: { 'application/json': { schema: Alive } } },
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
      200: { description: 'One does', content: { 'application/json': { schema: Ready } } },
      ...problems(['model-unavailable', 'shutting-down']),
    },
  })
}
