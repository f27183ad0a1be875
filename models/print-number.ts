/*
 * Numbers as people read them: with a minus sign (−) for what JavaScript writes as a hyphen. Addresses, code and files
 * keep the hyphen.
 */

/** The hyphens of numbers in a text as minus signs. */
export function withMinus(text: string): string {
  return text.replaceAll('-', '−')
}

/** A number with this many decimals; a dash for null, undefined and NaN. */
export function fixed(value: number | null | undefined, decimals: number): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–'
  const text = value.toFixed(decimals)
  return Number(text) === 0 ? text.replace('-', '') : withMinus(text)
}

/** A number with at most this many decimals: 1, −0.5. */
export function short(value: number, decimals: number): string {
  return withMinus(String(Number(value.toFixed(decimals))))
}

/** Coordinates: (1, −0.5). */
export function tuple(values: readonly number[], decimals = 2): string {
  return `(${values.map(value => short(value, decimals)).join(', ')})`
}
