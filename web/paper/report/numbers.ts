import { fixed } from '../../../models/print-number.ts'

/** Like `fixed`, with a plus sign before numbers that are not negative. */
export function signed(value: number | null | undefined, decimals: number): string {
  const text = fixed(value, decimals)
  return text === '–' || text.startsWith('−') ? text : `+${text}`
}

/** Formats a share as a percentage, such as `+1.2%`. */
export function percent(share: number | null | undefined, decimals = 1): string {
  const text = signed(share === null || share === undefined ? share : 100 * share, decimals)
  return text === '–' ? text : `${text}%`
}

/** The mean; undefined for no values. */
export function meanOf(values: readonly number[]): number | undefined {
  return values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length
}

/** Formats a range, such as `0.1 to 0.3`; `0.1` if both ends print the same, undefined for no values. */
export function span(values: readonly number[], print: (value: number) => string): string | undefined {
  if (values.length === 0) return undefined
  const [least, greatest] = [print(Math.min(...values)), print(Math.max(...values))]
  return least === greatest ? least : `${least} to ${greatest}`
}

/** `3 layers`, `1 layer`. */
export function plural(n: number, word: string): string {
  return `${n.toLocaleString('en')} ${word}${n === 1 ? '' : 's'}`
}

/** `1, 2 and 5`. */
export function listed(items: readonly (string | number)[]): string {
  return items.length < 2 ? items.join('') : `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`
}
