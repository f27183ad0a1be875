/** What is sent back, in the form every platform can send without making something else of it first. */
export interface Reply {
  status: number
  headers: Record<string, string>
  body: Uint8Array<ArrayBuffer> | string | ReadableStream<Uint8Array> | null
}

/** A reply as what `fetch` gives. */
export function toResponse({ status, headers, body }: Reply): Response {
  return new Response(body, { status, headers })
}
