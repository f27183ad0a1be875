import { isDeepStrictEqual } from 'node:util'
import type { Configuration } from '../step/configuration.ts'

/**
 * Lists the settings in which a stored configuration differs from the requested one, also those that only one of them
 * has: a line for each, with its path and both values.
 */
export function configurationDifferences(stored: object, requested: Configuration): string[] {
  const before = new Map(flatten(stored))
  const now = new Map(flatten(requested))
  return [...new Set([...before.keys(), ...now.keys()])]
    .filter(path => !isDeepStrictEqual(before.get(path), now.get(path)))
    .map(path => `${path}: the run has ${show(before.get(path))}, asked for ${show(now.get(path))}`)
}

function flatten(value: object, path = ''): [string, unknown][] {
  return Object.entries(value).flatMap(([key, leaf]) =>
    leaf && typeof leaf === 'object' && !Array.isArray(leaf)
      ? flatten(leaf, `${path}${key}.`)
      : [[`${path}${key}`, leaf] as [string, unknown]],
  )
}

function show(value: unknown): string {
  return value === undefined ? 'none' : JSON.stringify(value)
}
