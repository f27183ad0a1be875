import type { Card } from '../../models/card.ts'
import { placedClasses } from '../../models/latent/draws.ts'
import { numbersTitle } from '../../models/model-title.ts'
import { tuple } from '../../models/print-number.ts'
import { LIMITS } from '../limits.ts'
import { previewScale, previewStill, type Still } from './embed-options.ts'

/** The title, description and picture of a view of the page, read from its address. */
export interface ViewPreview {
  title: string
  description: string
  still: Still & { alt: string }
}

/**
 * The preview of a link to the page's views that show images of one model: a point of Explore, a sample, a text of Styles.
 * The page's address is read as the page itself reads it; what cannot be read has its default.
 *
 * @returns undefined for other views, and for Explore without a point
 */
export function viewPreview(card: Card, given: URLSearchParams): ViewPreview | undefined {
  const view = given.get('view') ?? 'explore'
  if (view === 'explore') return pointPreview(card, given)
  if (view === 'sample') return samplePreview(card, given)
  return view === 'styles' ? textPreview(card, given) : undefined
}

/** A whole number from a query, or else the default. */
export function readInteger(given: URLSearchParams, name: string, most: number, otherwise: number): number {
  const text = given.get(name) ?? ''
  return /^\d{1,10}$/.test(text) && Number(text) <= most ? Number(text) : otherwise
}

function pathOf({ id, version }: Card, query: string): string {
  return `/v1/models/${id}@${version}/${query}&format=png`
}

/** The point in an address, if it has one, and the class for a conditional model. */
export function pointOf(card: Card, given: URLSearchParams): { z: number[] | undefined; label: number } {
  const z = (given.get('z') ?? '').split(',').map(Number)
  const { latentDim, classes } = card.architecture
  const isPoint = z.length === latentDim && z.every(value => Math.abs(value) <= LIMITS.coordinate)
  const label = Math.min(readInteger(given, 'y', 999, 0), (classes ?? 1) - 1)
  return { z: isPoint && given.has('z') ? z : undefined, label }
}

function pointPreview(card: Card, given: URLSearchParams): ViewPreview | undefined {
  const { z, label } = pointOf(card, given)
  if (!z) return undefined
  const { latentDim, classes } = card.architecture
  const { height, width } = card.dataset
  const scale = previewScale(card, 1, 1)
  const classParameter =
    classes === undefined ? '' : `&class=${encodeURIComponent(card.dataset.classes[label])}`
  const name = classes === undefined ? 'An image' : `A ${card.dataset.classes[label]}`
  const place = latentDim > 3 ? '' : ` at ${tuple(z)}`
  return {
    title: `${name}${place} of a latent space`,
    description: `A model decodes it from ${numbersTitle(latentDim)}. Change them, and watch it turn into other images.`,
    still: {
      ...previewStill({
        path: pathOf(card, `decode?z=${z}${classParameter}&scale=${scale}`),
        width: width * scale,
        height: height * scale,
      }),
      alt: 'The image that a model decodes there',
    },
  }
}

function samplePreview(card: Card, given: URLSearchParams): ViewPreview {
  const n = Math.max(1, readInteger(given, 'n', 100, 16))
  const seed = readInteger(given, 'seed', 0xffffffff, 7)
  const name = card.dataset.classes[readInteger(given, 'from', 999, 999)]
  const { columns, scale } = sheetFor(card, n)
  const { height, width } = card.dataset
  const of = name === undefined ? '' : `&class=${encodeURIComponent(name)}`
  const what = name === undefined ? 'new images' : `images of class ${name}`
  return {
    title:
      n === 1
        ? `A new image${name === undefined ? '' : ` of class ${name}`}`
        : `${n} ${what} that nobody drew`,
    description: `Drawn at random from a model’s latent space with seed ${seed}. Draw others, and keep the best.`,
    still: {
      ...previewStill({
        path: pathOf(card, `sample?n=${n}&seed=${seed}${of}&columns=${columns}&scale=${scale}`),
        width: columns * width * scale,
        height: Math.ceil(n / columns) * height * scale,
      }),
      alt: 'Images drawn by a model',
    },
  }
}

/** The sheet of n images that shows them largest; of those, the one with fewest empty places, and then the widest. */
function sheetFor(card: Card, n: number): { columns: number; scale: number } {
  const sheets = Array.from({ length: n }, (_, i) => {
    const columns = i + 1
    const rows = Math.ceil(n / columns)
    return { columns, scale: previewScale(card, columns, rows), empty: columns * rows - n }
  })
  return sheets.sort((a, b) => b.scale - a.scale || a.empty - b.empty || b.columns - a.columns)[0]
}

/** The text that an address of Styles names, if the model can write it: its characters, and those that leave a gap. */
export function textOf(card: Card, given: URLSearchParams): string | undefined {
  const text = given.get('text') ?? '2026'
  const writable = card.dataset.classes.filter(name => [...name].length === 1)
  const isWritable = [...text].every(c => writable.includes(c) || c === ' ' || c === '-')
  return isWritable && text.trim() !== '' ? text : undefined
}

/** The seed of the handwriting that an address of Styles names. */
export function handSeedOf(given: URLSearchParams): number {
  return (readInteger(given, 'seed', 0xffffffff, 7) + readInteger(given, 'hand', 5, 0)) % 2 ** 32
}

/** Handwritings in a style sheet. */
const HANDS = 5

/** The style sheet of a conditional model: the classes across, and handwritings from the address's seed on downwards. */
function stylesPreview(card: Card, given: URLSearchParams): ViewPreview {
  const { height, width } = card.dataset
  const columns = placedClasses(card).length
  const scale = previewScale(card, columns, HANDS)
  const seed = readInteger(given, 'seed', 0xffffffff, 7)
  return {
    title: 'One handwriting, every character',
    description:
      'Each row keeps the handwriting and changes the character. Choose a handwriting, and write a text of your ' +
      'own in it.',
    still: {
      ...previewStill({
        path: pathOf(card, `grid?size=${HANDS}&styles=${seed}&scale=${scale}`),
        width: columns * width * scale,
        height: HANDS * height * scale,
      }),
      alt: 'Characters in columns, in five handwritings',
    },
  }
}

function textPreview(card: Card, given: URLSearchParams): ViewPreview | undefined {
  if (!given.has('text') && card.architecture.classes !== undefined) return stylesPreview(card, given)
  const text = textOf(card, given)
  if (text === undefined) return undefined
  const seed = handSeedOf(given)
  const { height, width } = card.dataset
  const halves = [...text].reduce((sum, c) => sum + (c === ' ' || c === '-' ? 1 : 2), 0)
  const line = Math.floor((halves * width) / 2)
  const scale = previewScale(card, line / width, 1)
  return {
    title: `“${text}” in one handwriting`,
    description:
      'A model wrote this: one handwriting, all characters. Type a text of your own and choose another handwriting.',
    still: {
      ...previewStill({
        path: pathOf(card, `write?text=${encodeURIComponent(text)}&seed=${seed}&scale=${scale}`),
        width: line * scale,
        height: height * scale,
      }),
      alt: `The text ${text} as a model writes it`,
    },
  }
}
