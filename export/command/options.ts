import { InvalidArgumentError, Option } from 'commander'
import { describeRange, type NumberRange, parseInRange } from '../../models/number-range.ts'
import { parseNumber } from '../../models/parse-text.ts'

/** A commander parser of numbers in a range. */
export function number(range: NumberRange = {}): (text: string) => number {
  return parser(range)
}

/** A commander parser of integers in a range. */
export function integer(range: NumberRange = {}): (text: string) => number {
  return parser({ ...range, integer: true })
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

/** The folder of the shipped models. */
export const ZOO_FOLDER = 'models/zoo'

/** `--zoo`, which the commands that read exported models share. */
export function zooOption(): Option {
  return new Option('--zoo <folder>', 'folder of models').default(ZOO_FOLDER)
}

function parser(range: NumberRange): (text: string) => number {
  return text => {
    const value = parseInRange(text, range)
    if (value !== undefined) return value
    throw new InvalidArgumentError(`Expected ${describeRange(range)}.`)
  }
}
