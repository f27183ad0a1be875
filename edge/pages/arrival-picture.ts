import type { Card } from '../../models/card.ts'
import {
  EXAMPLE_PATH,
  exampleEndpoint,
  firstPoint,
  pointQuery,
  sampleQuery,
  sampleSource,
  stripQuery,
  writeQuery,
} from '../../models/first-view.ts'
import { testIndex } from '../../models/images/image-code.ts'
import { cornersIn, FIRST_CORNERS, findPoint } from '../../models/latent/corners.ts'
import { splitPoints } from '../../models/latent/draws.ts'
import { placeInSheet } from '../../models/test-sheets.ts'
import { handSeedOf, pointOf, readInteger, textOf } from './view-preview.ts'

/** A picture on the page, before its script has come. */
export interface ArrivalPicture {
  /** Its address, relative to the page. */
  path: string
  /** CSS that shows a part of it. */
  style?: string
}

/**
 * The picture that the page shows until its script has decoded images itself: the same that the view then asks for, so
 * that it is fetched once.
 *
 * @param given the query of the page's address
 * @returns undefined for views without such a picture
 */
export function arrivalPicture(card: Card, given: URLSearchParams): ArrivalPicture | undefined {
  const view = given.get('view') ?? 'explore'
  if (view === 'reconstruct') return testImage(card, given)
  const query = VIEWS.get(view)?.(card, given)
  return query === undefined
    ? undefined
    : { path: `v1/models/${card.id}@${card.version}/${query}&format=png` }
}

/** The start of the gallery's first example. */
export function galleryPicture(card: Card): ArrivalPicture {
  const start = exampleEndpoint(EXAMPLE_PATH[0], card.dataset.classes)
  const point = findPoint(start, card)
  const query =
    start.startsWith('class:') && point
      ? pointQuery(card, splitPoints(point, card.architecture).z, EXAMPLE_PATH[0])
      : `sample?n=1&seed=${start.slice('seed:'.length)}&scale=8`
  return { path: `v1/models/${card.id}@${card.version}/${query}&format=png` }
}

/** The test image that Reconstruct begins with, in the sheet of images that holds it. */
function testImage({ dataset }: Card, given: URLSearchParams): ArrivalPicture | undefined {
  const index = testIndex(given.get('x') ?? 'test:0')
  const place = index === undefined ? undefined : placeInSheet(dataset.name, index)
  if (!place) return undefined
  const { width, height } = dataset
  return {
    path: place.file,
    style: `width:${width}px;height:${height}px;max-width:none;object-fit:none;object-position:-${place.left}px -${place.top}px;zoom:8`,
  }
}

type Query = (card: Card, given: URLSearchParams) => string | undefined

/** A Map, because an address may name `__proto__` or `constructor` as its view. */
const VIEWS: ReadonlyMap<string, Query> = new Map([
  ['explore', pointPicture],
  ['compare', pointPicture],
  ['sample', samplePicture],
  ['styles', textPicture],
  ['interpolate', stripPicture],
])

function pointPicture(card: Card, given: URLSearchParams): string {
  const { z, label } = pointOf(card, given)
  return pointQuery(card, Float32Array.from(z ?? firstPoint(card)), label)
}

function samplePicture(card: Card, given: URLSearchParams): string {
  const temperature = Number(given.get('temperature') ?? '1')
  const query = sampleQuery(card, {
    n: Math.max(1, readInteger(given, 'n', 100, 16)),
    seed: readInteger(given, 'seed', 0xffffffff, 7),
    source: sampleSource(given.get('from') ?? 'any', card),
    temperature: temperature >= 0 && temperature <= 3 ? temperature : 1,
  })
  return `${query}&scale=4`
}

function textPicture(card: Card, given: URLSearchParams): string | undefined {
  // The page encodes the visitor's own handwriting itself.
  if (given.get('x')?.startsWith('ink:')) return undefined
  const text = textOf(card, given)
  return text && `${writeQuery(text, { seed: handSeedOf(given) })}&scale=4`
}

function stripPicture(card: Card, given: URLSearchParams): string | undefined {
  const corners = cornersIn(given.get('corners')?.split(';') ?? FIRST_CORNERS, card)
  if (corners.length !== 2 || !corners.every(corner => findPoint(corner, card))) return undefined
  const path = given.get('path') === 'slerp' ? 'slerp' : 'lerp'
  return stripQuery(corners[0], corners[1], path, Math.max(2, readInteger(given, 'steps', 32, 12)))
}
