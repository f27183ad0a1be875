import { InvalidArgumentError, Option } from 'commander'
import { parseNumber } from '../../models/parse-text.ts'

/** The values that a number option takes. */
interface Range {
  min?: number
  /** A bound that is not itself allowed. */
  above?: number
  max?: number
}

/** A commander parser of numbers in a range. */
export function number(range: Range = {}): (text: string) => number {
  return parser(`a number${describeRange(range)}`, range, Number.isFinite)
}

/** A commander parser of integers in a range. */
export function integer(range: Range = {}): (text: string) => number {
  return parser(`an integer${describeRange(range)}`, range, Number.isSafeInteger)
}

/** A commander parser of numbers with commas between them, such as `5,10`. */
export function numbers(text: string): number[] {
  return text.split(',').map(part => {
    const value = parseNumber(part.trim())
    if (value !== undefined) return value
    throw new InvalidArgumentError('Expected numbers with commas between them.')
  })
}

/** An option whose value is one of `values`. */
export function choice(
  flags: string,
  values: readonly string[],
  description: string,
  fallback?: string,
): Option {
  const option = new Option(flags, description).choices(values)
  return fallback === undefined ? option : option.default(fallback)
}

/** `--data-dir`, which the commands that read data sets share. */
export function dataDirOption(): Option {
  return new Option('--data-dir <folder>', 'a folder that has the data sets (or set LATENT_EDGE_DATA)')
}

/** `--zoo`, which the commands that read exported models share. */
export function zooOption(): Option {
  return new Option('--zoo <folder>', 'folder of models').default('models/zoo')
}

function parser(expected: string, range: Range, fits: (value: number) => boolean) {
  return (text: string): number => {
    const value = parseNumber(text) ?? Number.NaN
    const {
      min = Number.NEGATIVE_INFINITY,
      above = Number.NEGATIVE_INFINITY,
      max = Number.POSITIVE_INFINITY,
    } = range
    if (fits(value) && value >= min && value > above && value <= max) return value
    throw new InvalidArgumentError(`Expected ${expected}.`)
  }
}

function describeRange({ min, above, max }: Range): string {
  if (min !== undefined && max !== undefined) return ` from ${min} to ${max}`
  if (min !== undefined) return ` of at least ${min}`
  const low = above === undefined ? '' : ` above ${above}`
  return max === undefined ? low : `${low}${low && ','} at most ${max}`
}
