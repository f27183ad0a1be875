import type { z } from 'zod'

/** Why a model was not converted: the message names the place in the model, what was expected and what was found. */
export class ConversionError extends Error {
  override name = 'ConversionError'
}

/** @throws ConversionError always */
export function refuse(message: string): never {
  throw new ConversionError(message)
}

/**
 * `value` as `schema` reads it.
 *
 * @param where what the value is, put before each complaint: `model.json: weightsManifest`
 * @throws ConversionError naming every field that does not fit, with expected and received
 */
export function parse<T>(schema: z.ZodType<T>, value: unknown, where: string): T {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const complaints = result.error.issues
    .slice(0, 3)
    .map(issue => `${issue.path.length > 0 ? `${issue.path.join('.')}: ` : ''}${issue.message}`)
  return refuse(`${where}: ${complaints.join('; ')}`)
}

/** A shape for a message: `[batch, 28, 28, 1]`. */
export function shapeText(dims: readonly (number | string | null)[]): string {
  return `[${dims.join(', ')}]`
}
