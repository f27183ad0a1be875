import { z } from '@hono/zod-openapi'
import type { Models } from '../catalog/models.ts'
import { COMMON_HEADERS } from '../http/headers.ts'
import { Problem } from '../http/problem.ts'
import { faultsOf } from '../http/zod-issues.ts'
import { integer, words } from '../operations/parameters.ts'
import { escapeHtml } from './docs.ts'
import { attributesOf, type Piece, readPiece, stillOf, titleOf } from './embed-options.ts'
import { pieceOf, requirePreview, SHARED } from './link-preview.ts'

const Query = z.object({
  url: words(8192),
  maxwidth: integer(1, 100_000).optional(),
  maxheight: integer(1, 100_000).optional(),
  format: z.string().default('json'),
})
type Query = z.output<typeof Query>

/** CSS pixels that the bar below the picture takes, with the gap above it. */
const BAR = 48

/**
 * Answers an oEmbed consumer (oembed.com, version 1.0): what to put in a page for a link to one of ours.
 *
 * @throws Problem invalid-value, or not-found for links that are no pages of this server
 */
export async function oembed(models: Models, address: string): Promise<Response> {
  const parameters = Object.fromEntries(new URL(address).searchParams)
  const parsed = Query.safeParse(parameters, { reportInput: true })
  if (!parsed.success) {
    throw new Problem('invalid-value', undefined, faultsOf(parsed.error.issues, 'query', parameters))
  }
  const { format } = parsed.data
  if (format !== 'json' && format !== 'xml') {
    // The status that the specification gives this case.
    return new Response('json and xml are offered.\n', { status: 501, headers: headersFor('text/plain') })
  }
  const fields = await describe(models, address, parsed.data)
  return format === 'json'
    ? new Response(JSON.stringify(fields), { headers: headersFor('application/json') })
    : new Response(toXml(fields), { headers: headersFor('text/xml') })
}

function headersFor(type: string): Record<string, string> {
  return {
    ...COMMON_HEADERS,
    'content-type': `${type}; charset=utf-8`,
    'cache-control': 'public, max-age=3600, must-revalidate',
  }
}

async function describe(
  models: Models,
  address: string,
  query: Query,
): Promise<Record<string, string | number>> {
  const here = new URL(address)
  const link = URL.canParse(query.url) ? new URL(query.url) : undefined
  // Only the host counts: behind a proxy the scheme may be another than the one people see.
  if (!link?.protocol.startsWith('http') || link.host !== here.host) throw elsewhere(here)
  const common = {
    version: '1.0',
    provider_name: 'latent-edge',
    provider_url: `${here.origin}/`,
    cache_age: 3600,
  }
  const piece =
    link.pathname === '/embed' ? await readPiece(link.searchParams, models) : await pieceOf(models, link)
  if (piece) return { ...common, ...rich(piece, here.origin, query) }
  if (!(SHARED as readonly string[]).includes(link.pathname)) throw elsewhere(here)
  const { title, still } = await requirePreview(models, link.href)
  return { ...common, type: 'link', title, ...thumbnail(still, here.origin, query) }
}

function elsewhere(here: URL): Problem {
  return new Problem('not-found', `url: expected the address of a page at ${here.origin}.`)
}

/** A frame of the size the piece has by itself, or smaller to stay within what was asked for. */
function rich(piece: Piece, origin: string, { maxwidth = Infinity, maxheight = Infinity }: Query) {
  const { query, card } = piece
  const bar = query.controls ? BAR : 0
  const { width: across, height: down } = card.dataset
  const scale = Math.min(query.scale, maxwidth / across, Math.max(1, maxheight - bar) / down)
  const width = Math.max(1, Math.floor(across * scale))
  const height = Math.max(1, Math.floor(down * scale + bar))
  const title = titleOf(piece)
  const search = new URLSearchParams(attributesOf(piece))
  const src = `${origin}/embed?${search}`
  const html =
    `<iframe src="${escapeHtml(src)}" width="${width}" height="${height}" title="${escapeHtml(title)}" ` +
    'style="border:0" loading="lazy" sandbox="allow-scripts"></iframe>'
  const size = { maxwidth, maxheight }
  return { type: 'rich', title, html, width, height, ...thumbnail(stillOf(piece), origin, size) }
}

/** A thumbnail within the size that was asked for, or none. */
function thumbnail(
  { path, width, height }: { path: string; width: number; height: number },
  origin: string,
  { maxwidth = Infinity, maxheight = Infinity }: Pick<Query, 'maxwidth' | 'maxheight'>,
): Record<string, string | number> {
  const url = new URL(path, origin)
  const scale = Number(url.searchParams.get('scale'))
  const fitting = Math.floor(scale * Math.min(1, maxwidth / width, maxheight / height))
  if (fitting < 1) return {}
  url.searchParams.set('scale', String(fitting))
  return {
    thumbnail_url: url.href,
    thumbnail_width: (width / scale) * fitting,
    thumbnail_height: (height / scale) * fitting,
  }
}

function toXml(fields: Record<string, string | number>): string {
  // XML 1.0 has no place for control characters, however they are written.
  const clean = (value: string | number) => escapeHtml(String(value)).replace(/\p{Cc}/gu, ' ')
  const lines = Object.entries(fields).map(([name, value]) => `<${name}>${clean(value)}</${name}>`)
  return `<?xml version="1.0" encoding="utf-8" standalone="yes"?>\n<oembed>\n${lines.join('\n')}\n</oembed>\n`
}
