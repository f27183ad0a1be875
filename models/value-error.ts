/** A RangeError that names the wrong value, for messages that refer to a field of a form or a URL. */
export type ValueError = RangeError & { field: string; expected: string; got: string }

/** A ValueError with the message "field: expected …, got …". */
export function valueError(field: string, expected: string, got: unknown): ValueError {
  const seen =
    typeof got === 'string' ? JSON.stringify(shorten(got)) : got === undefined ? 'nothing' : String(got)
  return Object.assign(new RangeError(`${field}: expected ${expected}, got ${seen}`), {
    field,
    expected,
    got: seen,
  })
}

/** Shortens a text for a message. */
function shorten(text: string): string {
  return text.length > 80 ? `${text.slice(0, 77)}…` : text
}

/** Whether `error` came from `valueError`. */
export function isValueError(error: unknown): error is ValueError {
  return error instanceof RangeError && 'field' in error && 'expected' in error
}
