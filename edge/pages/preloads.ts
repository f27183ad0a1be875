import type { Card } from '../../models/card.ts'
import { firstPoint, MNIST_SHEET_IMAGES, mnistSheet, pointQuery } from '../../models/first-view.ts'
import { escapeHtml } from '../../models/html.ts'
import { pointOf } from './view-preview.ts'

/**
 * Tags that have the browser fetch what the page shows first while its script is still on its way: the list of models,
 * the model's card, and a picture.
 *
 * @param card of the model that the address names, or else of the default one
 */
export function preloadTags(
  { pathname, searchParams }: URL,
  defaultId: string | undefined,
  card: Card | undefined,
): string {
  const model = searchParams.get('model') || defaultId
  if (pathname !== '/' || searchParams.has('api') || !model) return ''
  const view = searchParams.get('view') ?? 'explore'
  const fetched = ['v1/models']
  // The page may name a model that only the visitor's browser has.
  const isThere = card?.id === model
  if (isThere && view !== 'train' && view !== 'paper') fetched.push(`v1/models/${encodeURIComponent(model)}`)
  const sheet = view === 'reconstruct' && isThere ? sheetOf(card, searchParams) : undefined
  if (sheet) fetched.push(sheet)
  const picture = view === 'explore' && isThere ? pictureOf(card, searchParams) : undefined
  const tags = fetched.map(path => `<link rel="preload" as="fetch" crossorigin href="${escapeHtml(path)}">`)
  if (picture) tags.push(`<link rel="preload" as="image" href="${escapeHtml(picture)}">`)
  return tags.map(tag => `${tag}\n`).join('')
}

/** The server's picture of Explore's point. */
function pictureOf(card: Card, given: URLSearchParams): string {
  const { z, label } = pointOf(card, given)
  const query = pointQuery(card, Float32Array.from(z ?? firstPoint(card)), label)
  return `v1/models/${card.id}@${card.version}/${query}&format=png`
}

/** The file that holds the test image of Reconstruct. */
function sheetOf({ dataset }: Card, given: URLSearchParams): string | undefined {
  const index = /^test:(\d{1,4})$/.exec(given.get('x') ?? 'test:0')?.[1]
  if (dataset.name !== 'mnist' || index === undefined) return undefined
  return mnistSheet(Math.floor(Number(index) / MNIST_SHEET_IMAGES))
}
