import { firstModel } from '../../models/default-model.ts'
import type { Models } from '../catalog/models.ts'
import { described } from '../catalog/readable-models.ts'
import { Problem } from '../http/problem.ts'
import type { Platform } from '../platform.ts'
import { type Piece, readPiece, type Still, stillOf, titleOf } from './embed-options.ts'
import { type Preview, previewTags } from './opengraph.ts'

/** Paths of pages that people share, whose links unfold to a picture of what they show. */
export const SHARED = ['/', '/embed/'] as const

const ABOUT =
  'Explore the latent space of autoencoders in your browser: drag a point and watch the image it stands for.'

/** The static page at one of those paths, with its preview in its head. Undefined where no page is built. */
export async function sharedPage(
  platform: Platform,
  models: Models,
  request: Request,
): Promise<Response | undefined> {
  // The page comes whole, whatever the client has of it: its head is about to change.
  const page = await platform.page?.(new Request(request.url))
  if (!page?.ok) {
    await page?.body?.cancel()
    return undefined
  }
  const html = await page.text()
  const preview = await previewOf(models, request.url).catch(() => undefined)
  const headers = new Headers(page.headers)
  for (const name of ['etag', 'last-modified', 'content-length', 'content-encoding']) headers.delete(name)
  return new Response(preview ? html.replace('</head>', () => `${previewTags(preview)}\n</head>`) : html, {
    headers,
  })
}

/** What a link to the page shows: the interpolation it names, or else draws from the model it names. */
export async function previewOf(models: Models, address: string): Promise<Preview | undefined> {
  const url = new URL(address)
  const piece = await pieceOf(models, url)
  if (piece) {
    const title = `${titleOf(piece)} · ${piece.card.id}`
    return {
      url: url.href,
      title,
      description: ABOUT,
      still: { ...stillOf(piece), alt: `${title}, step by step` },
    }
  }
  const still = await samplesOf(models, url.searchParams)
  const title = url.pathname === '/' ? 'latent-edge' : 'One image turning into another, on your page'
  return still && { url: url.href, title, description: ABOUT, still }
}

/** The interpolation that a link to the page's own view names, as far as it can be told without the page. */
export async function pieceOf(models: Models, url: URL): Promise<Piece | undefined> {
  const given = url.searchParams
  if (url.pathname !== '/' || given.get('view') !== 'interpolate') return undefined
  const stops = (given.get('corners') ?? 'class:0;class:7').split(';')
  const model = given.get('model') || firstModel(described(await models.list()))?.id
  if (!model) return undefined
  const query: Record<string, string> =
    stops.length === 4 ? { corners: stops.join(';') } : { from: stops[0], to: stops[1] ?? '' }
  const search = new URLSearchParams({ model, ...query, path: given.get('path') ?? 'lerp', controls: '1' })
  return readPiece(search, models).catch(() => undefined)
}

/** Thirty-two draws from the model a link names, or else the first. */
async function samplesOf(
  models: Models,
  given: URLSearchParams,
): Promise<(Still & { alt: string }) | undefined> {
  const there = described(await models.list())
  const card = (there.find(({ id }) => id === given.get('model')) ?? firstModel(there))?.card
  if (!card) return undefined
  const { id, version, dataset } = card
  const seed = /^\d{1,9}$/.exec(given.get('seed') ?? '')?.[0] ?? '7'
  const scale = Math.min(16, Math.max(1, Math.floor(1200 / (8 * dataset.width))))
  const search = new URLSearchParams({ n: '32', seed, columns: '8', scale: String(scale), format: 'png' })
  return {
    path: `/v1/models/${id}@${version}/sample?${search}`,
    width: 8 * dataset.width * scale,
    height: 4 * dataset.height * scale,
    alt: `Images drawn by ${id}`,
  }
}

/** The preview of a page, for whoever must have one. @throws Problem not-found */
export async function requirePreview(models: Models, url: string): Promise<Preview> {
  const preview = await previewOf(models, url)
  if (preview) return preview
  throw new Problem('not-found', 'No model is here to make a picture of this page.')
}
