/**
 * Parses a decimal number: `12`, `-0.5`, `.5`, `1e-3`. Hexadecimal, `Infinity`, blanks and the empty string are
 * refused.
 *
 * @returns undefined if the text is not such a number
 */
export function parseNumber(text: string): number | undefined {
  return /^[-+]?(\d+(\.\d*)?|\.\d+)(e[-+]?\d+)?$/i.test(text) ? Number(text) : undefined
}

/** `true` and `1`, `false` and `0`; undefined for other text. */
export function parseBoolean(text: string): boolean | undefined {
  if (text === 'true' || text === '1') return true
  return text === 'false' || text === '0' ? false : undefined
}
