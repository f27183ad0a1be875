import type { Card } from './card.ts'
import { placedClasses } from './latent/draws.ts'
import { classEndpoint, printStyle, type Style } from './latent/endpoints.ts'

/*
 * What the page shows first. The server names it in the page's head, so that the browser fetches it while the page's
 * script is still on its way.
 */

/** The point that is shown of a model before anybody has moved it: the mean of the first class, or of all images. */
export function firstPoint({ latent: { classes, whole } }: Card): readonly number[] {
  return (classes[0] ?? whole).mean
}

/**
 * The API's operation and query for a picture of a point, which the page shows until it has decoded the point itself.
 *
 * @param z [D_z]
 * @param label index of the class that a conditional model decodes z with
 */
export function pointQuery({ architecture, dataset }: Card, z: Float32Array, label: number): string {
  const classParameter =
    architecture.classes === undefined ? '' : `&class=${encodeURIComponent(dataset.classes[label])}`
  return `decode?z=${Array.from(z, value => Number(value.toFixed(4)))}${classParameter}&scale=8`
}

/** Where the Sample view's images are drawn from: a class by its index, the prior, or any class. */
export type SampleSource = number | 'prior' | 'any'

/** What the Sample view's `from` names for a card. */
export function sampleSource(from: string, card: Card): SampleSource {
  const label = Number(from)
  if (Number.isInteger(label) && from.trim() !== '' && placedClasses(card).includes(label)) return label
  return from === 'prior' && card.density !== undefined ? 'prior' : 'any'
}

/** The API's operation and query for the images of the Sample view. */
export function sampleQuery(
  card: Card,
  { n, seed, source, temperature }: { n: number; seed: number; source: SampleSource; temperature: number },
): string {
  const query = [`n=${n}`, `seed=${seed}`]
  if (source === 'prior') query.push('from=prior')
  if (typeof source === 'number') query.push(`class=${encodeURIComponent(card.dataset.classes[source])}`)
  if (temperature !== 1) query.push(`temperature=${temperature}`)
  return `sample?${query.join('&')}`
}

/** The API's operation and query for a text in one handwriting. */
export function writeQuery(text: string, style: Style): string {
  const hand = 'seed' in style ? `seed=${style.seed}` : `style=${printStyle(style)}`
  return `write?text=${encodeURIComponent(text)}&${hand}`
}

/** The API's operation and query for the images along a path, in one row. */
export function stripQuery(from: string, to: string, path: string, steps: number): string {
  const ends = `from=${encodeURIComponent(from)}&to=${encodeURIComponent(to)}`
  return `interpolate?${ends}&path=${path}&steps=${steps}&columns=${steps}&scale=3`
}

/** The ends of the gallery's first example, as `exampleEndpoint` counts them. */
export const EXAMPLE_PATH = [3, 8] as const

/** An endpoint for an example: the class of this index if the model has so many classes, else a seed. */
export function exampleEndpoint(index: number, classes: readonly string[]): string {
  return index < classes.length ? classEndpoint(classes, index) : `seed:${index + 1}`
}
