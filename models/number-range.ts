import { parseNumber } from './parse-text.ts'

/** The numbers that an option takes. */
export interface NumberRange {
  min?: number
  /** A bound that is not itself allowed. */
  above?: number
  max?: number
  integer?: boolean
}

/** Parses a number in a range. @returns undefined if the text is not such a number */
export function parseInRange(text: string, range: NumberRange): number | undefined {
  const {
    min = Number.NEGATIVE_INFINITY,
    above = Number.NEGATIVE_INFINITY,
    max = Number.POSITIVE_INFINITY,
    integer = false,
  } = range
  const value = parseNumber(text) ?? Number.NaN
  const isKind = integer ? Number.isSafeInteger(value) : Number.isFinite(value)
  return isKind && value >= min && value > above && value <= max ? value : undefined
}

/** Describes a range for an error: `an integer from 1 to 64`. */
export function describeRange({ min, above, max, integer }: NumberRange): string {
  const kind = integer ? 'an integer' : 'a number'
  if (min !== undefined && max !== undefined) return `${kind} from ${min} to ${max}`
  if (min !== undefined) return `${kind} of at least ${min}`
  const low = above === undefined ? '' : ` above ${above}`
  return `${kind}${max === undefined ? low : `${low}${low && ','} at most ${max}`}`
}
