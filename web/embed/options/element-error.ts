import type { ErrorDetail } from '../latent-interpolation.d.ts'

/** An error with the detail of the element's `error` event. */
export class ElementError extends Error {
  readonly detail: ErrorDetail
  /** Whether the same request may succeed later. */
  readonly retryable: boolean
  /** Milliseconds to wait before a retry, where the server asked for that. */
  readonly retryAfter: number

  constructor(detail: ErrorDetail, retryable = false, retryAfter = 0) {
    super(detail.message)
    this.detail = detail
    this.retryable = retryable
    this.retryAfter = retryAfter
  }
}

/** Makes an error with the message "expected …, got …"; the caller throws it. */
export function elementError(
  attribute: string,
  expected: string,
  got: string,
  code: ErrorDetail['code'] = 'invalid',
  retry: { retryable?: boolean; retryAfter?: number } = {},
): ElementError {
  const detail = { attribute, code, message: `expected ${expected}, got ${got}` }
  return new ElementError(detail, retry.retryable ?? code === 'unreachable', retry.retryAfter)
}

/** Any thrown value as an ElementError; the code of other errors is `broken`. */
export function toElementError(error: unknown): ElementError {
  if (error instanceof ElementError) return error
  const message = error instanceof Error ? error.message : String(error)
  return new ElementError({ attribute: 'model', code: 'broken', message })
}
