import { OpenAPIHono, z } from '@hono/zod-openapi'
import { Card } from '../../models/card.ts'
import { MODEL_FILES } from '../../models/registry/keys.ts'
import { FORMATS, type Format } from '../http/negotiate-format.ts'
import { PROBLEMS, ProblemDetails } from '../http/problem.ts'
import { jsonReply, type Reply } from '../http/reply.ts'
import { LIMITS } from '../limits.ts'
import type { BodyKind } from '../operations/body.ts'
import { OPERATIONS } from '../operations/index.ts'
import { type Method, type Operation, queryOf } from '../operations/operation.ts'
import { choice } from '../operations/parameters.ts'
import { JSON_BODIES } from '../pipeline/body-schemas.ts'
import { BODY_TYPES } from '../pipeline/read-body.ts'
import { ModelList } from './model-list.ts'

type Registry = OpenAPIHono['openAPIRegistry']
type Path = Parameters<Registry['registerPath']>[0]
type Responses = Path['responses']
export type Document = ReturnType<OpenAPIHono['getOpenAPI31Document']>

const ModelParameter = z.object({
  model: z.string().openapi({
    param: { name: 'model', in: 'path' },
    description: 'A model’s id, id@version to pin its version, or `default`',
    example: 'default',
  }),
})

const binary = { schema: { type: 'string', format: 'binary' } } as const
const headers = {
  'X-Model': { description: 'id@version of the model that answered', schema: { type: 'string' } },
  'X-Seed': { description: 'The seed, where one was used', schema: { type: 'integer' } },
  'X-Shape': { description: 'f32 only: the array’s shape, as 16,28,28', schema: { type: 'string' } },
  'Content-Location': {
    description: 'The pinned URL that gives this answer again',
    schema: { type: 'string' },
  },
  ETag: { description: 'Strong: a hash of the bytes', schema: { type: 'string' } },
  'Server-Timing': {
    description: 'Milliseconds in decode, encode and encode-image',
    schema: { type: 'string' },
  },
} as const

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
  registerHealth(registry)
  return app.getOpenAPI31Document({
    openapi: '3.1.0',
    info: {
      title: 'latent-edge',
      version: '1',
      description:
        'Images from the latent space of autoencoders: draw, write, interpolate, map, encode and reconstruct by URL. ' +
        'The format of an answer is chosen by `format` or Accept. Errors are RFC 9457 problem details.',
      license: { name: 'MIT' },
    },
    servers: [{ url: '/' }],
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
        headers,
        content: Object.fromEntries(
          operation.formats.map(format => [FORMATS[format], content(operation, format)]),
        ),
      },
      ...(method === 'get' && { 304: { description: 'The client’s copy is current' } }),
      ...problems(method === 'post'),
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

/** Problem answers by status, each with the codes it can have. */
function problems(hasBody: boolean): Responses {
  const byStatus = new Map<number, string[]>()
  for (const [code, { status }] of Object.entries(PROBLEMS)) {
    const onlyPosted = ['invalid-body', 'body-too-large', 'unsupported-media-type'].includes(code)
    if (
      ['not-found', 'method-not-allowed', 'client-gone', 'shutting-down'].includes(code) ||
      (onlyPosted && !hasBody)
    )
      continue
    byStatus.set(status, [...(byStatus.get(status) ?? []), code])
  }
  return Object.fromEntries(
    Array.from(byStatus, ([status, codes]) => [
      status,
      { description: codes.join(', '), content: { 'application/problem+json': { schema: ProblemDetails } } },
    ]),
  )
}

function registerCatalog(registry: Registry): void {
  registry.registerPath({
    method: 'get',
    path: '/v1/models',
    operationId: 'models',
    tags: ['models'],
    summary: 'Every model, by id',
    responses: {
      200: { description: 'The catalog', content: { 'application/json': { schema: ModelList } } },
    },
  })
  registry.registerPath({
    method: 'get',
    path: '/v1/models/{model}',
    operationId: 'card',
    tags: ['models'],
    summary: 'A model’s card',
    description:
      'What it is, how it was trained, its metrics with their units, and its files. Also at /card.json.',
    request: { params: ModelParameter },
    responses: {
      200: { description: 'The card', content: { 'application/json': { schema: Card } } },
      ...problems(false),
    },
  })
  for (const file of MODEL_FILES) {
    registry.registerPath({
      method: 'get',
      path: `/v1/models/{model}/${file}`,
      operationId: file,
      tags: ['models'],
      summary: `A model’s ${file}`,
      request: { params: ModelParameter },
      responses: {
        200: { description: 'The file', content: { 'application/octet-stream': binary } },
        ...problems(false),
      },
    })
  }
}

function registerHealth(registry: Registry): void {
  const Status = z.object({ status: z.string(), model: z.string().optional() })
  for (const [path, summary] of [
    ['/healthz', 'Whether the server is alive'],
    ['/readyz', 'Whether a model answers'],
  ]) {
    registry.registerPath({
      method: 'get',
      path,
      operationId: path.slice(1),
      tags: ['health'],
      summary,
      responses: {
        200: { description: 'Yes', content: { 'application/json': { schema: Status } } },
        ...(path === '/readyz' && {
          503: {
            description: 'No model answers',
            content: { 'application/problem+json': { schema: ProblemDetails } },
          },
        }),
      },
    })
  }
}
