import { z } from '@hono/zod-openapi'
import { FORMATS, type Format } from '../../http/negotiate-format.ts'
import { LIMITS } from '../../limits.ts'
import type { BodyKind } from '../../operations/body.ts'
import { type Method, type Operation, queryOf } from '../../operations/operation.ts'
import { choice } from '../../operations/parameters.ts'
import { JSON_BODIES } from '../../pipeline/body-schemas.ts'
import { BODY_TYPES } from '../../pipeline/read-body.ts'
import { BINARY, ModelParameter, type Path } from './registry.ts'
import { MODEL_HEADERS, modelProblems, NOT_MODIFIED } from './responses.ts'

/** An operation of a model by one of its methods: its parameters, body, formats and problems. */
export function describeOperation(operation: Operation, method: Method): Path {
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
  return BINARY
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
                  properties: { image: { type: 'array' as const, items: BINARY.schema } },
                },
              }
            : BINARY,
      ]),
    ),
  }
}
