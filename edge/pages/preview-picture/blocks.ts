import type { Card } from '../../../models/card.ts'
import { spreadOf } from '../../../models/latent/carry-point.ts'
import { drawSamples, placedClasses } from '../../../models/latent/draws.ts'
import { type Latents, meanOf, pickImages, readLatents } from '../../../models/latent/encoded-set.ts'
import { gridPoints } from '../../../models/latent/paths.ts'
import { oneHot } from '../../../models/one-hot.ts'
import { joinRows } from '../../../models/rows.ts'
import type { Model } from '../../catalog/model.ts'
import type { Images } from '../../images/sheet.ts'

/** Images of one model, laid out in columns. */
export interface Block extends Images {
  columns: number
}

/** Points decoded by a model. */
export async function decodeBlock(
  { card, decode }: Model,
  points: Float32Array,
  columns: number,
): Promise<Block> {
  const { height, width } = card.dataset
  return { pixels: await decode(points), height, width, columns }
}

/** The input of a model's decoder for latents [n, D_z]. @param labels the class of each, for a conditional model */
export function pointsOf({ architecture }: Card, z: Float32Array, labels: ArrayLike<number>): Float32Array {
  const { classes, latentDim } = architecture
  return classes === undefined ? z : joinRows([z, oneHot(labels, classes)], z.length / latentDim)
}

/** The encoded test set of a model. @throws Error when its file cannot be read */
export async function latentsOf(model: Model): Promise<Latents> {
  return readLatents(await model.file('latents.safetensors'))
}

/** The reconstruction of a test image from its stored mu: a point of the model. */
export function testPoint(card: Card, latents: Latents, index: number): Float32Array {
  return pointsOf(card, meanOf(latents, index), [latents.label?.[index] ?? 0])
}

/** A model's reconstructions of test images that represent the set, in a row. */
export async function representativeRow(model: Model, columns: number): Promise<Block> {
  const latents = await latentsOf(model)
  const picked = pickImages(latents.label, latents.images, columns)
  const rows = picked.map(index => testPoint(model.card, latents, index))
  return decodeBlock(model, joinAll(rows), picked.length)
}

/**
 * A map of a model's latents around a point: ±2 standard deviations of the first dimension across and of the second
 * upwards. A conditional model has a column for each of its classes, and the first dimension upwards.
 *
 * @param z [D_z], at least two
 * @param columns,rows images across and down; as many rows as columns at most
 */
export function mapOf(
  model: Model,
  z: Float32Array,
  [columns, rows]: readonly [columns: number, rows: number],
): Promise<Block> {
  if (model.card.architecture.classes !== undefined) return classMap(model, z, rows / columns)
  const { mean, sd } = spreadOf(model.card)
  const prior = { mean, variance: sd.map(s => s * s) }
  const square = gridPoints(prior, { size: columns, range: 2, at: z })
  const line = columns * z.length
  const first = (columns - rows) >> 1
  return decodeBlock(model, square.slice(first * line, (first + rows) * line), columns)
}

/** The classes across, and the first dimension upwards. @param shape rows for each column */
function classMap(model: Model, z: Float32Array, shape: number): Promise<Block> {
  const labels = placedClasses(model.card)
  const rows = Math.max(2, Math.round(labels.length * shape))
  const { mean, sd } = spreadOf(model.card)
  const places = Array.from({ length: rows * labels.length }, (_, i) => {
    const place = Float32Array.from(z)
    place[0] = mean[0] + sd[0] * 2 * (1 - (2 * Math.floor(i / labels.length)) / (rows - 1))
    return pointsOf(model.card, place, [labels[i % labels.length]])
  })
  return decodeBlock(model, joinAll(places), labels.length)
}

/** Draws of a model with a seed, four in a row. */
export function drawsOf(model: Model, seed: number): Promise<Block> {
  return decodeBlock(model, drawSamples(model.card, { n: 16, seed }), 4)
}

const joinAll = (rows: readonly Float32Array[]) => Float32Array.from(rows.flatMap(row => [...row]))
