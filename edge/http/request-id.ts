/** The id of a request: the client's X-Request-Id if it is short and plain, otherwise a new one. */
export function requestId(given: string | null | undefined): string {
  return given && /^[\w.:/+=@-]{1,128}$/.test(given) ? given : crypto.randomUUID()
}

/** A valid traceparent (W3C Trace Context, 3.2); undefined for any other text. */
export function readTraceparent(given: string | null | undefined): string | undefined {
  return given && /^[\da-f]{2}-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/.test(given) ? given : undefined
}
