import type { Card } from '../../models/card.ts'
import { escapeHtml } from '../../models/html.ts'
import { cornersIn, FIRST_CORNERS } from '../../models/latent/corners.ts'
import { parseEndpoint } from '../../models/latent/endpoints.ts'
import { pathTitle } from '../../models/latent/path-title.ts'
import type { ModelCatalog } from '../catalog/model-catalog.ts'
import { readableModels } from '../catalog/readable-models.ts'
import { Problem } from '../http/problem.ts'
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
import { type Preview, previewTags } from './opengraph.ts'
import { addFirstFetches } from './preloads.ts'
import { viewPreview } from './view-preview.ts'

/** Paths of pages that people share links to; each link has a preview of what the page shows. */
export const SHARED_PATHS = ['/', '/embed/'] as const

const ABOUT =
  'Explore the latent space of autoencoders in your browser: drag a point and watch the image it stands for.'

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
    .replace('</noscript>', () => `${preview ? stillImage(preview) : ''}</noscript>`)
  headers.vary = 'accept-encoding'
  return { status: 200, headers, body: new TextEncoder().encode(text), compress: true }
}

/** The preview's picture, for readers without scripts. */
function stillImage({ still: { path, width, height, alt } }: Preview): string {
  const style = 'display: block; max-width: 100%; height: auto; image-rendering: pixelated'
  return `<img src="${escapeHtml(path)}" width="${width}" height="${height}" alt="${escapeHtml(alt)}" style="${style}">`
}

/** The preview of a link to the page: the interpolation it names, or else images drawn from the card's model. */
async function previewOf(catalog: ModelCatalog, url: URL, card: Card): Promise<Preview> {
  const options = await viewOptions(catalog, url, card)
  if (options) {
    const stops = options.stops.map(stop => parseEndpoint(stop))
    const name = options.query.label ?? pathTitle(stops, options.card.dataset.classes)
    const title = `${name} · ${options.card.id}`
    return {
      url: url.href,
      title,
      description:
        'Each image is a point on the way from one end to the other in a latent space. Walk along it yourself.',
      still: { ...previewStill(stillOf(options)), alt: `${title}, step by step` },
    }
  }
  return pagePreview(url, card)
}

/** The preview of a link that names no interpolation: its view's picture, or images drawn from the card's model. */
export function pagePreview(url: URL, card: Card): Preview {
  const view = url.pathname === '/' ? viewPreview(card, url.searchParams) : undefined
  if (view) return { url: url.href, ...view, title: `${view.title} · ${card.id}` }
  return { url: url.href, ...wordsFor(url, card), still: samplesOf(card, url.searchParams) }
}

type Words = Pick<Preview, 'title' | 'description'>

const GALLERY: Words = {
  title: 'One image turning into another, on your page',
  description:
    'An HTML element that moves through the latent space of an autoencoder: seven examples, with their code.',
}

/** Views that show more than one model, or none. */
const VIEW_WORDS: Readonly<Record<string, Words>> = {
  reconstruct: {
    title: 'An image squeezed through a few numbers',
    description:
      'See what several autoencoders keep of an image and what they lose. Draw or photograph one of your own.',
  },
  compare: {
    title: 'Two autoencoders side by side',
    description: 'The same point, image or seed in two models: where they agree, and what each has learnt.',
  },
  train: {
    title: 'Train an autoencoder in this page',
    description: 'On your own machine, on digits or on your own images, which never leave it.',
  },
  paper: {
    title: 'A paper on autoencoders, replicated',
    description: 'Every table and figure, trained again: which figures are met, which are not, and why.',
  },
}

/** The words for a page whose address names nothing that only it shows. */
function wordsFor({ pathname, searchParams }: URL, card: Card): Words {
  if (pathname !== '/') return GALLERY
  const words = VIEW_WORDS[searchParams.get('view') ?? '']
  if (words) return { ...words, title: `${words.title} · latent-edge` }
  return {
    title: searchParams.has('model') ? `The latent space of ${card.id}` : 'latent-edge',
    description: ABOUT,
  }
}

/** The card of the model that a link names, or else of the default model. @throws Problem not-found where there is none */
export async function requireCard(catalog: ModelCatalog, given: URLSearchParams): Promise<Card> {
  const card = await cardOf(catalog, given)
  if (card) return card
  throw new Problem('not-found', 'There is no model to make a picture of this page.')
}

async function cardOf(catalog: ModelCatalog, given: URLSearchParams): Promise<Card | undefined> {
  const there = readableModels(await catalog.list())
  const wanted = [given.get('model'), await catalog.defaultId()]
  return wanted.map(id => there.find(each => each.id === id)?.card).find(Boolean)
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
    alt: `Images drawn by ${id}`,
  }
}
