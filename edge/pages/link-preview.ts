import type { Card } from '../../models/card.ts'
import { escapeHtml } from '../../models/html.ts'
import { cornersIn, FIRST_CORNERS } from '../../models/latent/corners.ts'
import { parseEndpoint } from '../../models/latent/endpoints.ts'
import { pathTitle } from '../../models/latent/path-title.ts'
import { cardTitle } from '../../models/model-title.ts'
import type { ModelCatalog } from '../catalog/model-catalog.ts'
import type { Reply } from '../http/reply.ts'
import type { RequestHead } from '../http/request-head.ts'
import type { Platform } from '../platform.ts'
import {
  type EmbedOptions,
  previewScale,
  previewStill,
  readEmbedOptions,
  STILL_COLUMNS,
  STILL_ROWS,
  type Still,
  stillOf,
} from './embed-options.ts'
import { cardOf, readableCards } from './named-card.ts'
import { type Preview, previewTags } from './opengraph.ts'
import { addFirstFetches } from './preloads.ts'
import { planPicture } from './preview-picture/plan.ts'
import { pictureOf } from './preview-picture/query.ts'
import { PAGE_WORDS, planWords } from './preview-picture/words.ts'
import { viewPreview } from './view-preview.ts'

/** Paths of pages that people share links to; each link has a preview of what the page shows. */
export const SHARED_PATHS = ['/', '/embed/'] as const

/** The static page at one of those paths, with its preview in its head. Undefined where no page is built. */
export async function sharedPage(
  platform: Platform,
  catalog: ModelCatalog,
  head: RequestHead,
): Promise<Reply | undefined> {
  const url = new URL(head.target, head.origin())
  // Without the client's conditions: the page's head is about to change.
  const page = await platform.page?.(new Request(url))
  if (!page?.ok) {
    await page?.body?.cancel()
    return undefined
  }
  const html = await page.text()
  const card = await cardOf(catalog, url.searchParams).catch(() => undefined)
  const preview = card && (await previewOf(catalog, url, card).catch(() => undefined))
  const headers = Object.fromEntries(page.headers)
  for (const name of ['etag', 'last-modified', 'content-length', 'content-encoding']) delete headers[name]
  const text = addFirstFetches(html, url, await catalog.defaultId().catch(() => undefined), card)
    .replace('</head>', () => `${preview ? previewTags(preview) : ''}</head>`)
    .replace(/<title>[^<]*/, found => (preview ? `<title>${escapeHtml(preview.title)}` : found))
    .replace(/(<meta\s+name="description"\s+content=")[^"]*/, (found, tag: string) =>
      preview ? tag + escapeHtml(preview.description) : found,
    )
    .replace('</noscript>', () => `${preview ? stillImage(preview) : ''}</noscript>`)
  headers.vary = 'accept-encoding'
  return { status: 200, headers, body: new TextEncoder().encode(text), compress: true }
}

/** The preview's picture, for readers without scripts. */
function stillImage({ still: { path, width, height, alt } }: Preview): string {
  const style = 'display: block; max-width: 100%; height: auto; image-rendering: pixelated'
  return `<img src="${escapeHtml(path)}" width="${width}" height="${height}" alt="${escapeHtml(alt)}" style="${style}">`
}

/** The preview of a link to the page: the interpolation it names, or else that of its view. */
async function previewOf(catalog: ModelCatalog, url: URL, card: Card): Promise<Preview> {
  const options = await viewOptions(catalog, url, card)
  if (!options) return pagePreview(catalog, url, card)
  const stops = options.stops.map(stop => parseEndpoint(stop))
  const name = options.query.label ?? pathTitle(stops, options.card.dataset.classes)
  return {
    url: url.href,
    title: `${name} · ${cardTitle(options.card)}`,
    description:
      'Each image is a point on the way from one end to the other in a latent space. Walk along it yourself.',
    still: { ...previewStill(stillOf(options)), alt: `${name}, step by step` },
  }
}

/**
 * The preview of a link that names no interpolation. The picture is that of what its view shows; where the server has not
 * the models for it, images drawn from the card's.
 */
export async function pagePreview(catalog: ModelCatalog, url: URL, card: Card): Promise<Preview> {
  const given = new URLSearchParams(url.searchParams)
  if (url.pathname !== '/') given.set('view', 'gallery')
  const plan = planPicture(card, await readableCards(catalog), given)
  const view = plan || url.pathname !== '/' ? undefined : viewPreview(card, given)
  if (view) return { url: url.href, ...view, title: `${view.title} · ${cardTitle(card)}` }
  const { title, description, alt } = plan ? planWords(plan) : PAGE_WORDS
  const isOfOne = plan?.view === 'own' || plan?.view === 'plane'
  return {
    url: url.href,
    title: `${title} · ${isOfOne ? cardTitle(card) : 'latent-edge'}`,
    description,
    still: plan && plan.models.length > 0 ? { ...pictureOf(given), alt } : samplesOf(card, given),
  }
}

/**
 * The interpolation that a link to the page's interpolate view names; undefined for other links.
 *
 * @param card as `requireCard` finds it for the link
 */
export async function viewOptions(
  catalog: ModelCatalog,
  url: URL,
  card: Card,
): Promise<EmbedOptions | undefined> {
  const given = url.searchParams
  if (url.pathname !== '/' || given.get('view') !== 'interpolate') return undefined
  const model = given.get('model') || card.id
  const corners = given.get('corners')?.split(';') ?? FIRST_CORNERS
  const stops = card.id === model ? cornersIn(corners, card) : corners
  const query: Record<string, string> =
    stops.length === 4 ? { corners: stops.join(';') } : { from: stops[0], to: stops[1] ?? '' }
  const search = new URLSearchParams({ model, ...query, path: given.get('path') ?? 'lerp', controls: '1' })
  return readEmbedOptions(search, catalog).catch(() => undefined)
}

/** Thirty-two images drawn from a model. */
function samplesOf(card: Card, given: URLSearchParams): Still & { alt: string } {
  const { id, version, dataset } = card
  const seed = /^\d{1,9}$/.exec(given.get('seed') ?? '')?.[0] ?? '7'
  const [columns, rows] = [STILL_COLUMNS, STILL_ROWS]
  const scale = previewScale(card, columns, rows)
  const sheet = { n: String(columns * rows), columns: String(columns), scale: String(scale) }
  const search = new URLSearchParams({ seed, ...sheet, format: 'png' })
  const size = { width: columns * dataset.width * scale, height: rows * dataset.height * scale }
  return {
    ...previewStill({ path: `/v1/models/${id}@${version}/sample?${search}`, ...size }),
    alt: `Images drawn by a model: ${cardTitle(card)}`,
  }
}
