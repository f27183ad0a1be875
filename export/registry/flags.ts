import { InvalidArgumentError } from 'commander'

/** Parses a share: a percentage above 0. */
export const percent = number('a percentage above 0, at most 100', value => value > 0 && value <= 100)

/** Parses how much worse something may be: a percentage. */
export const tolerance = number('a percentage, 0 or more', value => value >= 0)

/** Parses how many. */
export const count = number('a whole number, 1 or more', value => Number.isInteger(value) && value >= 1)

function number(expected: string, fits: (value: number) => boolean): (text: string) => number {
  return text => {
    const value = Number(text)
    if (text.trim() !== '' && fits(value)) return value
    throw new InvalidArgumentError(`expected ${expected}.`)
  }
}
