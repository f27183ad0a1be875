import { EmbedQuery } from '../embed-options.ts'
import { Oembed, OembedQuery } from '../oembed.ts'
import type { Registry } from './registry.ts'
import { NOT_MODIFIED, problems, TAGGED } from './responses.ts'

/** Registers the embeddable page and oEmbed. */
export function registerPages(registry: Registry): void {
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
