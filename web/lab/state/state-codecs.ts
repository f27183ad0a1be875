import { parsePoint } from '../../../models/latent/endpoints.ts'

/** Converts a field of the state to and from text in a URL. */
export interface Codec<T> {
  initial: T
  /** Parses a value; undefined if the text is invalid. */
  parse(text: string): T | undefined
  print(value: T): string
}

/** One of a few words. */
export function choice<const T extends string>(options: readonly T[], initial: NoInfer<T>): Codec<T> {
  return { initial, parse: text => options.find(option => option === text), print: value => value }
}

/** A number from `min` to `max`, with four decimals. */
export function number(initial: number, min: number, max: number, integer = false): Codec<number> {
  const parse = (text: string) => {
    const value = text.trim() === '' ? Number.NaN : Number(text)
    return value >= min && value <= max && (!integer || Number.isInteger(value)) ? value : undefined
  }
  return { initial, parse, print: value => String(integer ? value : Number(value.toFixed(4))) }
}

/** Any text. */
export const text: Codec<string> = { initial: '', parse: value => value, print: value => value }

/** The address of a web server, or '' for the page's own. */
export const origin: Codec<string> = {
  ...text,
  parse: value => (value === '' || isWebAddress(value) ? value : undefined),
}

function isWebAddress(text: string): boolean {
  try {
    return /^https?:$/.test(new URL(text).protocol)
  } catch {
    return false
  }
}

/** 1 or 0. */
export const flag = (initial: boolean): Codec<boolean> => ({
  initial,
  parse: value => (value === '1' ? true : value === '0' ? false : undefined),
  print: value => (value ? '1' : '0'),
})

/** A point as addresses have it, with four decimals. */
export function roundPoint(value: readonly number[]): number[] {
  return value.map(coordinate => Number(coordinate.toFixed(4)))
}

/** A point of the latent space: `0.5,-1.2`. */
export const point: Codec<readonly number[]> = {
  initial: [],
  parse(value) {
    try {
      return parsePoint(value)
    } catch {
      return undefined
    }
  },
  print: value => roundPoint(value).join(','),
}

/** At most `max` values with a separator between them. */
export function list<T>(item: Codec<T>, separator: string, max: number): Codec<readonly T[]> {
  return {
    initial: [],
    parse(value) {
      const items = value.split(separator).slice(0, max).map(item.parse)
      return items.every(one => one !== undefined) ? items : undefined
    },
    print: value => value.map(item.print).join(separator),
  }
}
