import type { Card } from './card.ts'
import { type Identity, parseId } from './ids.ts'
import { withMinus } from './print-number.ts'

/** What is known of a model: its id, and of one that can be used, what it is. */
export interface NamedModel {
  id: string
  dataset?: string
  kind?: string
  latentDim?: number
  /** Whether it decodes a latent with a class. */
  conditional?: boolean
  /** The name that a person gave to it. */
  title?: string
}

/** Titles of the data sets this project trains on, in the order in which lists show them. */
export const DATASETS: Readonly<Record<string, string>> = {
  mnist: 'MNIST',
  'fashion-mnist': 'Fashion-MNIST',
  freyface: 'FreyFace',
}

/** A data set's name as people write it. */
export function datasetTitle(name: string): string {
  return Object.hasOwn(DATASETS, name) ? DATASETS[name] : name
}

const WORDS = ['no', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten']

/** The size of a latent space in words: "two numbers". */
export function numbersTitle(latentDim: number): string {
  return `${WORDS[latentDim] ?? latentDim} number${latentDim === 1 ? '' : 's'}`
}

/** The kind of a model: "AE", "VAE", "β-VAE, β = 10", "VAE that takes a class". */
export function kindTitle({ architecture: { kind, classes }, objective: { beta } }: Card): string {
  const base = kind === 'ae' ? 'AE' : beta === 1 ? 'VAE' : `β-VAE, β = ${beta}`
  return classes === undefined ? base : `${base} that takes a class`
}

/** A model in words: "MNIST, VAE, two numbers", and what tells it from its siblings. The id, where only that is known. */
export function modelTitle({ id, title, dataset, kind, latentDim, conditional }: NamedModel): string {
  if (title !== undefined) return title
  if (!dataset || !kind || !latentDim) return id
  const numbers = `${conditional ? 'a class and ' : ''}${numbersTitle(latentDim)}`
  const parts = [datasetTitle(dataset), kind.toUpperCase(), numbers]
  if (id.endsWith('-best')) return parts.join(', ')
  return [...parts, ...differences(id)].join(', ')
}

/** The title of a card's model. */
export function cardTitle({ id, dataset, architecture: { kind, latentDim, classes } }: Card): string {
  const conditional = classes !== undefined
  return modelTitle({ id, dataset: dataset.name, kind, latentDim, conditional })
}

/** The parts of an id besides data, kind and latent size; the id itself if it cannot be parsed. */
function differences(id: string): string[] {
  let identity: Identity
  try {
    identity = parseId(id)
  } catch {
    return [id]
  }
  const { kind, layers, beta, prior, importanceSamples, binarized } = identity
  const list = (values: readonly number[]) => withMinus(values.join(', '))
  return [
    `${WORDS[layers] ?? layers} layer${layers === 1 ? '' : 's'}`,
    ...(kind === 'vae' && beta !== 1 ? [`β = ${beta}`] : []),
    ...(kind === 'vae' && prior.mean.some(m => m !== 0) ? [`prior around (${list(prior.mean)})`] : []),
    ...(kind === 'vae' && prior.variance.some(v => v !== 1)
      ? [`prior variance (${list(prior.variance)})`]
      : []),
    ...(importanceSamples === undefined ? [] : [`bound of ${importanceSamples} draws`]),
    ...(binarized ? ['pixels of 0 or 1'] : []),
  ]
}
