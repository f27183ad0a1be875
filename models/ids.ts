import type { Prior } from './card.ts'
import { ID_FORM } from './id-form.ts'
import { standardPrior } from './prior.ts'

/** What a model's id says of it: enough to choose what to train, not how. */
export interface Identity {
  /** A name `loadDataset` knows. */
  data: string
  kind: 'ae' | 'vae'
  layers: number
  latentDim: number
  beta: number
  reconstruction: 'bce' | 'mse' | 'l1'
  prior: Prior
}

const SHORT: Readonly<Record<string, string>> = { 'fashion-mnist': 'fashion', freyface: 'frey' }
const FORM =
  /^(?<data>[a-z0-9]+)-(?<kind>ae|vae)-l(?<layers>\d+)-z(?<latent>\d+)(-beta(?<beta>[\de.m]+))?(-mean(?<mean>[\dex.m]+))?(-var(?<variance>[\dex.m]+))?(-(?<loss>mse|l1))?$/

/**
 * Reads an id such as `mnist-vae-l2-z2`, `fashion-ae-l4-z2-mse`, `frey-vae-l1-z8-beta10` or
 * `mnist-vae-l2-z2-mean5x10-var1x3` (a prior's mean and variance, a dimension each, `m` for minus).
 *
 * @throws Error saying the form expected and what came
 */
export function parseId(id: string): Identity {
  const groups = FORM.exec(id)?.groups
  if (!groups) {
    throw new Error(
      `model id: expected <data>-<ae|vae>-l<layers>-z<latent size>[-beta<b>][-mean<a>x<b>][-var<a>x<b>][-mse|-l1], such as mnist-vae-l2-z2-beta10, got "${id}"`,
    )
  }
  const kind = groups.kind as Identity['kind']
  const latentDim = Number(groups.latent)
  const prior = standardPrior(latentDim)
  const list = (name: string, text: string) => {
    const values = text.split('x').map(readNumber)
    if (values.length !== latentDim || values.some(Number.isNaN)) {
      throw new Error(`model id: expected ${latentDim} numbers after -${name}, joined by x, got "${text}"`)
    }
    return values
  }
  const beta = kind === 'ae' ? 0 : readNumber(groups.beta ?? '1')
  if (Number.isNaN(beta)) throw new Error(`model id: expected a number after -beta, got "${groups.beta}"`)
  if (kind === 'ae' && (groups.beta || groups.mean || groups.variance)) {
    throw new Error(`model id: an AE has no beta and no prior, got "${id}"`)
  }
  return {
    data: Object.keys(SHORT).find(name => SHORT[name] === groups.data) ?? groups.data,
    kind,
    layers: Number(groups.layers),
    latentDim,
    beta,
    reconstruction: (groups.loss as Identity['reconstruction']) ?? 'bce',
    prior: {
      mean: groups.mean ? list('mean', groups.mean) : prior.mean,
      variance: groups.variance ? list('var', groups.variance) : prior.variance,
    },
  }
}

/** The id of a model: what `parseId` reads, without what is the default. A user's own data goes by its short name. */
export function formatId(identity: Identity): string {
  const { data, kind, layers, latentDim, beta, reconstruction, prior } = identity
  const standard = standardPrior(latentDim)
  const list = (values: number[]) => values.map(writeNumber).join('x')
  const same = (a: number[], b: number[]) => a.every((value, i) => value === b[i])
  const own =
    data
      .split(/[/\\:,]/)
      .filter(Boolean)
      .pop() ?? data
  const parts = [
    SHORT[data] ??
      (own
        .replace(/\..*$/, '')
        .toLowerCase()
        .replace(/[^a-z0-9]/g, '') ||
        'data'),
    kind,
    `l${layers}`,
    `z${latentDim}`,
    ...(kind === 'vae' && beta !== 1 ? [`beta${writeNumber(beta)}`] : []),
    ...(kind === 'vae' && !same(prior.mean, standard.mean) ? [`mean${list(prior.mean)}`] : []),
    ...(kind === 'vae' && !same(prior.variance, standard.variance) ? [`var${list(prior.variance)}`] : []),
    ...(reconstruction === 'bce' ? [] : [reconstruction]),
  ]
  const id = parts.join('-')
  if (!ID_FORM.test(id))
    throw new Error(`model id: expected lower-case letters, digits, "." and "-", got "${id}"`)
  return id
}

/** A number as ids write it: `m` for minus, in an exponent too, and no plus. */
export function writeNumber(value: number): string {
  return String(value).replaceAll('-', 'm').replace('+', '')
}

function readNumber(text: string): number {
  return text === '' ? Number.NaN : Number(text.replaceAll('m', '-'))
}
