import type { Prior } from './card.ts'
import { ID_FORM } from './id-form.ts'
import { standardPrior } from './latent/prior.ts'

/** What a model's id states: the model, not the training settings. */
export interface Identity {
  /** Name of the data, as `loadDataset` reads it. */
  data: string
  kind: 'ae' | 'vae'
  /** Whether encoder and decoder read the class as well. */
  conditional?: boolean
  layers: number
  /** Units of the hidden layers; those of Eq. 1 if absent. */
  widths?: number[]
  latentDim: number
  beta: number
  reconstruction: 'bce' | 'mse' | 'l1'
  prior: Prior
  /** k of an importance-weighted objective; the ELBO if absent. */
  importanceSamples?: number
  /** Whether it is a model of pixels drawn as 0 or 1. */
  binarized?: boolean
}

const SHORT: Readonly<Record<string, string>> = { 'fashion-mnist': 'fashion', freyface: 'frey' }
const FORM =
  /^(?<data>[a-z0-9]+)-(?<conditional>c?)(?<kind>ae|vae)-(l(?<layers>\d+)|w(?<widths>\d+(x\d+)*))-z(?<latent>\d+)(-beta(?<beta>[\de.m]+))?(-mean(?<mean>[\dex.m]+))?(-var(?<variance>[\dex.m]+))?(-(?<loss>mse|l1))?(-iwae(?<samples>\d+))?(-(?<binary>binary))?$/

/**
 * Reads an id such as `mnist-vae-l2-z2`, `fashion-ae-l4-z2-mse`, `frey-vae-l1-z8-beta10` or
 * `mnist-vae-l2-z2-mean5x10-var1x3` (a prior's mean and variance, a dimension each, `m` for minus),
 * `mnist-cvae-w512x320-z16` (conditional, hidden layers of 512 and 320 units) or `mnist-vae-w200x200-z50-iwae50-binary`.
 *
 * @throws Error with the form that was expected and the text that was given
 */
export function parseId(id: string): Identity {
  const groups = FORM.exec(id)?.groups
  if (!groups) {
    throw new Error(
      `model id: expected <data>-[c]<ae|vae>-<l<layers>|w<a>x<b>>-z<latent size>[-beta<b>][-mean<a>x<b>][-var<a>x<b>][-mse|-l1][-iwae<k>][-binary], such as mnist-vae-l2-z2-beta10, got "${id}"`,
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
  const widths = groups.widths?.split('x').map(Number)
  if (kind === 'ae' && (groups.beta || groups.mean || groups.variance || groups.samples)) {
    throw new Error(`model id: an AE has no beta and no prior, got "${id}"`)
  }
  return {
    data: Object.keys(SHORT).find(name => SHORT[name] === groups.data) ?? groups.data,
    kind,
    ...(groups.conditional && { conditional: true }),
    layers: widths ? widths.length + 1 : Number(groups.layers),
    ...(widths && { widths }),
    latentDim,
    beta,
    reconstruction: (groups.loss as Identity['reconstruction']) ?? 'bce',
    prior: {
      mean: groups.mean ? list('mean', groups.mean) : prior.mean,
      variance: groups.variance ? list('var', groups.variance) : prior.variance,
    },
    ...(groups.samples && { importanceSamples: Number(groups.samples) }),
    ...(groups.binary && { binarized: true }),
  }
}

/**
 * Writes the id that `parseId` reads, without default values.
 *
 * @throws Error when the data set's name has other characters than lower-case letters and digits
 */
export function formatId(identity: Identity): string {
  const { data, kind, conditional, layers, widths, latentDim, beta, reconstruction, prior } = identity
  const { importanceSamples, binarized } = identity
  const standard = standardPrior(latentDim)
  const list = (values: number[]) => values.map(writeNumber).join('x')
  const same = (a: number[], b: number[]) => a.every((value, i) => value === b[i])
  const parts = [
    SHORT[data] ?? data,
    conditional ? `c${kind}` : kind,
    widths && widths.length > 0 ? `w${widths.join('x')}` : `l${layers}`,
    `z${latentDim}`,
    ...(kind === 'vae' && beta !== 1 ? [`beta${writeNumber(beta)}`] : []),
    ...(kind === 'vae' && !same(prior.mean, standard.mean) ? [`mean${list(prior.mean)}`] : []),
    ...(kind === 'vae' && !same(prior.variance, standard.variance) ? [`var${list(prior.variance)}`] : []),
    ...(reconstruction === 'bce' ? [] : [reconstruction]),
    ...(kind === 'vae' && importanceSamples ? [`iwae${importanceSamples}`] : []),
    ...(binarized ? ['binary'] : []),
  ]
  const id = parts.join('-')
  if (!ID_FORM.test(id))
    throw new Error(`model id: expected lower-case letters, digits, "." and "-", got "${id}"`)
  return id
}

/** Writes a number as ids do: `m` for minus, also in an exponent, and no plus. */
export function writeNumber(value: number): string {
  return String(value).replaceAll('-', 'm').replace('+', '')
}

function readNumber(text: string): number {
  return text === '' ? Number.NaN : Number(text.replaceAll('m', '-'))
}
