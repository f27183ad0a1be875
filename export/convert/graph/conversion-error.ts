import type { z } from 'zod'

/**
 * A model cannot be converted. The message names the place in the model, what was expected and what was found.
 */
export class ConversionError extends Error {
  override name = 'ConversionError'
}

/** @throws ConversionError always */
export function fail(message: string): never {
  throw new ConversionError(message)
}

/**
 * Parses a value by a schema.
 *
 * @param where name of the value, put before each message: `model.json: weightsManifest`
 * @throws ConversionError naming every field that does not fit, with expected and received
 */
export function parse<T>(schema: z.ZodType<T>, value: unknown, where: string): T {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const complaints = result.error.issues.slice(0, 3).map(issue => complaint(issue, value))
  return fail(`${where}: ${complaints.join('; ')}`)
}

/** One of zod's issues as `field: expected …, got …`. */
function complaint(issue: z.core.$ZodIssue, value: unknown): string {
  const field = issue.path.length > 0 ? `${issue.path.join('.')}: ` : ''
  const got = issue.path.reduce<unknown>((inner, key) => (isHolder(inner) ? inner[key] : inner), value)
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const choices = issue.errors.map(([first]) => expectation(complaint(first, got)))
    return `${field}expected ${[...new Set(choices)].join(' or ')}, got ${brief(got)}`
  }
  return /received|got /.test(issue.message)
    ? field + issue.message
    : `${field}${issue.message}, got ${brief(got)}`
}

const isHolder = (value: unknown): value is Record<PropertyKey, unknown> =>
  typeof value === 'object' && value !== null

/** What a complaint expects, without what it got. */
const expectation = (text: string) => text.replace(/^.*?expected /, '').split(/, (?:received|got) /, 1)[0]

function brief(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 60 ? `${text.slice(0, 57)}…` : text
}

/** A shape for a message: `[batch, 28, 28, 1]`. */
export function shapeText(dims: readonly (number | string | null)[]): string {
  return `[${dims.join(', ')}]`
}
