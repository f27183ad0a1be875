import { type FieldError, MAX_FIELD_ERRORS, quote } from './problem.ts'

interface Issue {
  code: string
  path: PropertyKey[]
  message: string
  input?: unknown
  keys?: string[]
}

/**
 * Converts the first of Zod's issues to field errors. The schemas' messages are written as what was expected.
 *
 * @param place where the values stood
 * @param values the values that were parsed; those of unknown keys are quoted
 */
export function fieldErrorsOf(
  issues: readonly unknown[],
  place: FieldError['in'],
  values: unknown,
): FieldError[] {
  return (issues as Issue[]).slice(0, MAX_FIELD_ERRORS).flatMap(issue =>
    issue.code === 'unrecognized_keys'
      ? unknownKeys(issue.keys ?? [], place, values)
      : [
          {
            in: place,
            field: issue.path.join('.') || 'body',
            expected: issue.message,
            got: quote(issue.input),
          },
        ],
  )
}

function unknownKeys(keys: readonly string[], place: FieldError['in'], values: unknown): FieldError[] {
  return keys.slice(0, MAX_FIELD_ERRORS).map(key => ({
    in: place,
    field: key.slice(0, 100) || '(a parameter without a name)',
    expected: 'no parameter of that name',
    got: quote((values as Record<string, unknown>)[key]),
  }))
}
