import { InvalidArgumentError } from 'commander'
import type { Epochs } from './plan/plan.ts'

/* Parsers of command-line options. Each throws InvalidArgumentError with what was expected. */

/** `a,b`: names, separated by commas. */
export function names(text: string): string[] {
  return text.split(',').filter(Boolean)
}

/** The most numbers that a range may have: a longer one is a typing error. */
const LONGEST_RANGE = 10_000

/** `0-4,7`: whole numbers and ranges of them, each once. */
export function indices(text: string): number[] {
  const ranges = text.split(',').map(item => {
    const [, low, high = low] = /^(\d+)(?:-(\d+))?$/.exec(item.trim()) ?? []
    return { low: Number(low), count: Number(high) - Number(low) + 1 }
  })
  if (!ranges.every(({ count }) => count >= 1 && count <= LONGEST_RANGE)) {
    throw new InvalidArgumentError(
      `Expected numbers, and ranges of at most ${LONGEST_RANGE} numbers, with commas between them, such as 0-4,7.`,
    )
  }
  return [...new Set(ranges.flatMap(({ low, count }) => Array.from({ length: count }, (_, i) => low + i)))]
}

/** `1/4`: one of several parts. */
export function part(text: string): { index: number; count: number } {
  const [, index, count] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).map(Number)
  if (!(index >= 1 && index <= count)) {
    throw new InvalidArgumentError('Expected i/n with i from 1 to n, such as 1/4.')
  }
  return { index, count }
}

/** `40` or `20%`: a number of epochs, or a share of those of each run. */
export function epochs(text: string): Epochs {
  const match = /^(\d+(?:\.\d+)?)(%?)$/.exec(text)
  const value = Number(match?.[1])
  if (match?.[2] && value > 0) return { percent: value }
  if (match && Number.isSafeInteger(value) && value >= 1) return value
  throw new InvalidArgumentError('Expected a whole number from 1, or a share such as 20%.')
}
