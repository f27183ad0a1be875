import { InvalidArgumentError } from 'commander'

/** A parser of command line values: a whole number from 0 to `most`. */
export function wholeNumber(most = 999_999_999): (text: string) => number {
  return text => {
    if (/^\d{1,9}$/.test(text) && Number(text) <= most) return Number(text)
    throw new InvalidArgumentError(`expected a whole number from 0 to ${most}.`)
  }
}
