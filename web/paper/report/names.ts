import type { ReportRow } from '../../../models/paper/report.ts'
import { decimalsOf } from '../../../models/paper/verdict.ts'
import { fixed } from '../../../models/print-number.ts'
import type { State } from '../../lab/state/state.ts'
import { plural } from './numbers.ts'

type Loss = ReportRow['loss']
type Data = ReportRow['dataset']

/** Titles and units of the losses, for axes and tables. */
export const LOSSES: Record<Loss, { title: string; unit: string }> = {
  bce: { title: 'BCE', unit: 'nats per pixel' },
  mse: { title: 'MSE', unit: 'squared intensity per pixel' },
  l1: { title: 'L1', unit: 'intensity per pixel' },
}

/** The data sets' titles and numbers of pixels, by their names in the report. */
export const DATA: Record<Data, { title: string; pixels: number }> = {
  mnist: { title: 'MNIST', pixels: 784 },
  'fashion-mnist': { title: 'Fashion-MNIST', pixels: 784 },
  freyface: { title: 'FreyFace', pixels: 560 },
}

/** The data sets' names in the report, by their names in addresses. */
export const IN_ADDRESS: Record<State['data'], Data> = {
  mnist: 'mnist',
  fashionMnist: 'fashion-mnist',
  freyFace: 'freyface',
}

/** The number of the paper's table for each loss, by what the table varies. */
export const TABLES: Record<'latentDims' | 'depths', Record<Loss, number>> = {
  latentDims: { bce: 3, mse: 4, l1: 5 },
  depths: { bce: 6, mse: 7, l1: 8 },
}

/** A row's title: what tells it from the other rows of its table. */
export function titleOf({ table, kind, layers, latentDim, beta, prior }: ReportRow): string {
  if (table === 1) return `𝒩((${prior.mean.join(', ')}), diag(${prior.variance.join(', ')}))`
  if (table === 2) return `β = ${beta}`
  const what = table < 6 ? plural(latentDim, 'dimension') : plural(layers, 'layer')
  return `${kind.toUpperCase()}, ${what}`
}

/** A mean of the paper, with as many decimals as the paper prints. */
export function printed(table: number, value: number): string {
  return fixed(value, decimalsOf(table))
}

/** Decimals of our means: one or two more than the paper prints. */
export function decimalsFor(loss: Loss): number {
  return loss === 'bce' ? 4 : 5
}
