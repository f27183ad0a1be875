import { z } from '@hono/zod-openapi'
import { escapeHtml } from '../../models/html.ts'
import type { ModelCatalog } from '../catalog/model-catalog.ts'
import { Problem } from '../http/problem.ts'
import { jsonReply, type Reply, textReply } from '../http/reply.ts'
import type { RequestHead } from '../http/request-head.ts'
import { fieldErrorsOf } from '../http/zod-issues.ts'
import { integer, text } from '../operations/parameters.ts'
import {
  attributesOf,
  type EmbedOptions,
  readEmbedOptions,
  sizeOf,
  stillOf,
  titleOf,
} from './embed-options.ts'
import { pagePreview, SHARED_PATHS, viewOptions } from './link-preview.ts'
import { requireCard } from './named-card.ts'

/** Parameters of /oembed (oembed.com, 2.2). */
export const OembedQuery = z.object({
  url: text(8192).openapi({ description: 'A page of this server' }),
  maxwidth: integer(1, 100_000).optional().openapi({ description: 'CSS pixels' }),
  maxheight: integer(1, 100_000).optional().openapi({ description: 'CSS pixels' }),
  format: z.string().default('json').openapi({ description: 'json or xml' }),
})
type OembedQuery = z.output<typeof OembedQuery>

/** An oEmbed answer (oembed.com, 2.3). */
export const Oembed = z
  .object({
    version: z.literal('1.0'),
    type: z.enum(['rich', 'link']),
    title: z.string(),
    provider_name: z.string(),
    provider_url: z.string(),
    cache_age: z.int(),
    html: z.string().optional(),
    width: z.int().optional(),
    height: z.int().optional(),
    thumbnail_url: z.string().optional(),
    thumbnail_width: z.number().optional(),
    thumbnail_height: z.number().optional(),
  })
  .openapi('Oembed', { description: 'An oEmbed reply of the type rich (oembed.com)' })

/** CSS pixels of the bar below the picture, with the gap above it. */
const BAR = 48
/** Seconds that consumers may cache an answer. */
const CACHE_AGE = 3600

/**
 * Answers an oEmbed consumer (oembed.com, version 1.0): how to embed a link to a page of this server.
 *
 * @throws Problem invalid-value, or not-found for links to other pages
 */
export async function oembedReply(catalog: ModelCatalog, head: RequestHead): Promise<Reply> {
  const here = new URL(head.target, head.origin())
  const parameters = Object.fromEntries(here.searchParams)
  const parsed = OembedQuery.safeParse(parameters, { reportInput: true })
  if (!parsed.success) {
    throw new Problem('invalid-value', undefined, fieldErrorsOf(parsed.error.issues, 'query', parameters))
  }
  const { format } = parsed.data
  if (format !== 'json' && format !== 'xml') {
    // The status that the specification gives this case.
    return { ...textReply('format: expected json or xml\n', 'text/plain', CACHED), status: 501 }
  }
  const fields = await describe(catalog, here, parsed.data)
  return format === 'json' ? jsonReply(fields, CACHED) : textReply(toXml(fields), 'text/xml', CACHED)
}

const CACHED = { 'cache-control': `public, max-age=${CACHE_AGE}, must-revalidate` }

async function describe(
  catalog: ModelCatalog,
  here: URL,
  query: OembedQuery,
): Promise<Record<string, string | number>> {
  const link = URL.canParse(query.url) ? new URL(query.url) : undefined
  // Only the host is compared: a proxy that does not forward its scheme leaves http here and https in links.
  if (!link?.protocol.startsWith('http') || link.host !== here.host) throw elsewhere(here)
  const common = {
    version: '1.0',
    provider_name: 'latent-edge',
    provider_url: `${here.origin}/`,
    cache_age: CACHE_AGE,
  }
  const embed = (options: EmbedOptions) => ({ ...common, ...rich(options, here.origin, query) })
  if (link.pathname === '/embed') return embed(await readEmbedOptions(link.searchParams, catalog))
  if (!(SHARED_PATHS as readonly string[]).includes(link.pathname)) throw elsewhere(here)
  const card = await requireCard(catalog, link.searchParams)
  const options = await viewOptions(catalog, link, card)
  if (options) return embed(options)
  const { title, still } = await pagePreview(catalog, link, card)
  return { ...common, type: 'link', title, ...thumbnail(still, here.origin, query) }
}

function elsewhere(here: URL): Problem {
  return new Problem('not-found', `url: expected the address of a page at ${here.origin}.`)
}

/** An iframe of the interpolation's own size, or smaller to fit the consumer's. */
function rich(
  options: EmbedOptions,
  origin: string,
  { maxwidth = Infinity, maxheight = Infinity }: OembedQuery,
) {
  const { query } = options
  const bar = query.controls ? BAR : 0
  const { width: across, height: down } = sizeOf(options)
  const scale = Math.min(query.scale, maxwidth / across, Math.max(1, maxheight - bar) / down)
  const width = Math.max(1, Math.floor(across * scale))
  const height = Math.max(1, Math.floor(down * scale + bar))
  const title = titleOf(options)
  const search = new URLSearchParams(attributesOf(options))
  const src = `${origin}/embed?${search}`
  const html =
    `<iframe src="${escapeHtml(src)}" width="${width}" height="${height}" title="${escapeHtml(title)}" ` +
    'style="border:0" loading="lazy" sandbox="allow-scripts"></iframe>'
  const size = { maxwidth, maxheight }
  return { type: 'rich', title, html, width, height, ...thumbnail(stillOf(options), origin, size) }
}

/** A thumbnail that fits the consumer's size, or none. Its images are smaller by whole steps, and so is its frame. */
function thumbnail(
  { path, width, height }: { path: string; width: number; height: number },
  origin: string,
  { maxwidth = Infinity, maxheight = Infinity }: Pick<OembedQuery, 'maxwidth' | 'maxheight'>,
): Record<string, string | number> {
  const url = new URL(path, origin)
  const most = Math.min(1, maxwidth / width, maxheight / height)
  const scale = Number(url.searchParams.get('scale') ?? 0)
  // A picture without a scale is drawn in any size.
  const share = scale > 0 ? Math.floor(scale * most) / scale : most
  const size = [width, height].map(side => Math.floor(side * share + 1e-6))
  if (share === 0 || size[0] < SMALLEST || size[1] < SMALLEST) return {}
  if (scale > 0) url.searchParams.set('scale', String(scale * share))
  if (share < 1 && (scale === 0 || url.searchParams.has('frame')))
    url.searchParams.set('frame', size.join('x'))
  return { thumbnail_url: url.href, thumbnail_width: size[0], thumbnail_height: size[1] }
}

/** Pixels below which a thumbnail shows nothing. */
const SMALLEST = 64

function toXml(fields: Record<string, string | number>): string {
  // XML 1.0 cannot contain control characters, escaped or not.
  const clean = (value: string | number) => escapeHtml(String(value)).replace(/\p{Cc}/gu, ' ')
  const lines = Object.entries(fields).map(([name, value]) => `<${name}>${clean(value)}</${name}>`)
  return `<?xml version="1.0" encoding="utf-8" standalone="yes"?>\n<oembed>\n${lines.join('\n')}\n</oembed>\n`
}
