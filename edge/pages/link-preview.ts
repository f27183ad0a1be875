import type { Card } from '../../models/card.ts'
import { parseEndpoint } from '../../models/endpoints.ts'
import { pathTitle } from '../../models/path-title.ts'
import type { ModelCatalog } from '../catalog/model-catalog.ts'
import { readableModels } from '../catalog/readable-models.ts'
import { Problem } from '../http/problem.ts'
import type { RequestHead } from '../http/request-head.ts'
import type { Platform } from '../platform.ts'
import { type EmbedOptions, readEmbedOptions, STILL_WIDTH, type Still, stillOf } from './embed-options.ts'
import { type Preview, previewTags } from './opengraph.ts'
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
): Promise<Response | undefined> {
  const url = new URL(head.target, head.origin())
  // Without the client's conditions: the page's head is about to change.
  const page = await platform.page?.(new Request(url))
  if (!page?.ok) {
    await page?.body?.cancel()
    return undefined
  }
  const html = await page.text()
  const preview = await previewOf(catalog, url.href).catch(() => undefined)
  const headers = new Headers(page.headers)
  for (const name of ['etag', 'last-modified', 'content-length', 'content-encoding']) headers.delete(name)
  return new Response(preview ? html.replace('</head>', () => `${previewTags(preview)}\n</head>`) : html, {
    headers,
  })
}

/** The preview of a link to the page: the interpolation it names, or else images drawn from the model it names. */
export async function previewOf(catalog: ModelCatalog, address: string): Promise<Preview | undefined> {
  const url = new URL(address)
  const options = await viewOptions(catalog, url)
  if (options) {
    const stops = options.stops.map(stop => parseEndpoint(stop))
    const name = options.query.label ?? pathTitle(stops, options.card.dataset.classes)
    const title = `${name} · ${options.card.id}`
    return {
      url: url.href,
      title,
      description: ABOUT,
      still: { ...stillOf(options), alt: `${title}, step by step` },
    }
  }
  const card = await cardOf(catalog, url.searchParams)
  if (!card) return undefined
  const view = url.pathname === '/' ? viewPreview(card, url.searchParams) : undefined
  if (view) return { url: url.href, description: ABOUT, ...view, title: `${view.title} · ${card.id}` }
  return {
    url: url.href,
    title: url.pathname === '/' ? titleOfView(url) : 'One image turning into another, on your page',
    description: ABOUT,
    still: samplesOf(card, url.searchParams),
  }
}

/** Views whose title does not depend on a model. */
const VIEW_TITLES: Readonly<Record<string, string>> = {
  reconstruct: 'An image squeezed through a few numbers',
  compare: 'Two autoencoders side by side',
  train: 'Train an autoencoder in this page',
  paper: 'A paper on autoencoders, replicated',
}

function titleOfView(url: URL): string {
  const title = VIEW_TITLES[url.searchParams.get('view') ?? '']
  return title === undefined ? 'latent-edge' : `${title} · latent-edge`
}

/** The card of the model that a link names, or else of the default model. */
async function cardOf(catalog: ModelCatalog, given: URLSearchParams): Promise<Card | undefined> {
  const there = readableModels(await catalog.list())
  const wanted = [given.get('model'), await catalog.defaultId()]
  return wanted.map(id => there.find(each => each.id === id)?.card).find(Boolean)
}

/** The interpolation that a link to the page's interpolate view names; undefined for other links. */
export async function viewOptions(catalog: ModelCatalog, url: URL): Promise<EmbedOptions | undefined> {
  const given = url.searchParams
  if (url.pathname !== '/' || given.get('view') !== 'interpolate') return undefined
  const stops = (given.get('corners') ?? 'class:0;class:7').split(';')
  const model = given.get('model') || (await catalog.defaultId())
  if (!model) return undefined
  const query: Record<string, string> =
    stops.length === 4 ? { corners: stops.join(';') } : { from: stops[0], to: stops[1] ?? '' }
  const search = new URLSearchParams({ model, ...query, path: given.get('path') ?? 'lerp', controls: '1' })
  return readEmbedOptions(search, catalog).catch(() => undefined)
}

/** Thirty-two images drawn from a model. */
function samplesOf(card: Card, given: URLSearchParams): Still & { alt: string } {
  const { id, version, dataset } = card
  const seed = /^\d{1,9}$/.exec(given.get('seed') ?? '')?.[0] ?? '7'
  const scale = Math.min(16, Math.max(1, Math.floor(STILL_WIDTH / (8 * dataset.width))))
  const search = new URLSearchParams({ n: '32', seed, columns: '8', scale: String(scale), format: 'png' })
  return {
    path: `/v1/models/${id}@${version}/sample?${search}`,
    width: 8 * dataset.width * scale,
    height: 4 * dataset.height * scale,
    alt: `Images drawn by ${id}`,
  }
}

/** The preview of a page. @throws Problem not-found where there is none */
export async function requirePreview(catalog: ModelCatalog, url: string): Promise<Preview> {
  const preview = await previewOf(catalog, url)
  if (preview) return preview
  throw new Problem('not-found', 'There is no model to make a picture of this page.')
}
