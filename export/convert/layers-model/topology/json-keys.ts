import { fail } from '../../graph/conversion-error.ts'

/** Levels of nested JSON above which a file is refused. */
const DEEPEST = 2048

/** Whether a value is a JSON object: no array, not null. */
export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Parses a value that may be given as JSON text. */
export function fromText(value: unknown, where: string): unknown {
  if (typeof value !== 'string') return value
  try {
    return JSON.parse(value)
  } catch (error) {
    return fail(
      `${where}: expected an object or its JSON text, got text that is not JSON (${message(error)})`,
    )
  }
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/**
 * Converts keys to camelCase: TF.js writes Python's names (`batch_input_shape`) and reads both. Values are not changed.
 */
export function camelKeys(value: unknown, depth = 0): unknown {
  if (depth > DEEPEST) return fail('modelTopology: nested too deeply')
  if (Array.isArray(value)) return value.map(item => camelKeys(item, depth + 1))
  if (!isRecord(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [camel(key), camelKeys(inner, depth + 1)]),
  )
}

/** `hard_sigmoid` → `hardSigmoid`, as TF.js does to every key and to every option's value. */
export function camel(text: string): string {
  return text.length < 2 ? text : text.replace(/_+(\w|$)/g, (_, letter: string) => letter.toUpperCase())
}
