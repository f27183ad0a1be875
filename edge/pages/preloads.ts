import type { Card } from '../../models/card.ts'
import { escapeHtml } from '../../models/html.ts'
import { polarityOf } from '../../models/polarity.ts'
import { type ArrivalPicture, arrivalPicture, galleryPicture } from './arrival-picture.ts'

/** The files of each view, as the build of the page writes them into its head: scripts and style sheets. */
const VIEW_FILES = /<script type="application\/json" id="view-files">([^<]*)<\/script>\s*/

/**
 * Has the browser fetch what the page shows first while its script is still on its way: a picture, the view's files,
 * the list of models, and the model's card. The picture stands in the page until the script shows the view.
 *
 * @param html the page as it was built
 * @param defaultId the model that is shown if the address names none
 * @param card of the model that the address names, or else of the default one
 */
export function addFirstFetches(
  html: string,
  { pathname, searchParams }: URL,
  defaultId: string | undefined,
  card: Card | undefined,
): string {
  const view = searchParams.get('view') ?? 'explore'
  const filesOfViews = new Map(Object.entries<string[]>(JSON.parse(VIEW_FILES.exec(html)?.[1] ?? '{}')))
  const files = filesOfViews.get(view) ?? []
  const page = html.replace(VIEW_FILES, '')
  if (pathname !== '/') return addGalleryFetches(page, card?.id === defaultId ? card : undefined)
  const model = searchParams.get('model') || defaultId
  if (searchParams.has('api') || !model) return page
  const fetched = ['v1/models']
  let picture: ArrivalPicture | undefined
  // The page may name a model that only the visitor's browser has.
  if (card?.id === model && view !== 'train' && view !== 'paper') {
    picture = arrivalPicture(card, searchParams)
    fetched.push(`v1/models/${encodeURIComponent(model)}?density=omit`)
    if (card.density && drawsSamples(view, searchParams)) fetched.push(`v1/models/${model}@${card.version}`)
  }
  // The card is the largest of them, and a browser may send six requests at a time.
  const tags = [...fetched.map(path => preload('fetch', path)), ...files.map(preloadFile)]
  return addTags(page, tags, card && picture && { card, picture })
}

/** The same for the gallery: the list of models, and the start of its first example. */
function addGalleryFetches(page: string, card: Card | undefined): string {
  const picture = card && galleryPicture(card)
  return addTags(
    page,
    [preload('fetch', '../v1/models')],
    picture && { card, picture: { ...picture, path: `../${picture.path}` } },
  )
}

function addTags(
  page: string,
  tags: readonly string[],
  first: { card: Card; picture: ArrivalPicture } | undefined,
): string {
  const withTags = page.replace('</head>', () => `${tags.join('\n')}\n</head>`)
  if (!first) return withTags
  return withTags
    .replace(/<div id="(page|gallery)">/, found => found + pictureTag(first.card, first.picture))
    .replace('<head>', found => found + pictureFirst(first.picture))
}

/** Whether a view draws from the density, which the card is first fetched without. */
function drawsSamples(view: string, given: URLSearchParams): boolean {
  return view === 'sample' || given.get('by') === 'seed' || /\bseed:/.test(given.get('corners') ?? '')
}

function preload(as: 'fetch' | 'style', path: string): string {
  return `<link rel="preload" as="${as}" crossorigin href="${escapeHtml(path)}">`
}

function preloadFile(path: string): string {
  return path.endsWith('.css')
    ? preload('style', path)
    : `<link rel="modulepreload" crossorigin href="${escapeHtml(path)}">`
}

/** Before the scripts: of many requests to one server a browser sends six at a time. */
function pictureFirst({ path }: ArrivalPicture): string {
  return `<link rel="preload" as="image" fetchpriority="high" href="${escapeHtml(path)}">`
}

function pictureTag({ dataset }: Card, { path, style }: ArrivalPicture): string {
  const look = `class="first-picture ${polarityOf(dataset)}"${style ? ` style="${style}"` : ''}`
  return `<div class="skeleton"><img ${look} src="${escapeHtml(path)}" alt="${ALT}"></div>`
}

const ALT = 'An image of this model'
