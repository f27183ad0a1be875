/** What is sent back, in the form every platform can send without making something else of it first. */
export interface Reply {
  status: number
  headers: Record<string, string>
  /** The same for fetch, where the reply is given more than once: workerd copies them in a third of the time. */
  prepared?: Headers | undefined
  body: Uint8Array<ArrayBuffer> | string | ReadableStream<Uint8Array> | null
}

/** A reply as what `fetch` gives. */
export function toResponse({ status, headers, prepared, body }: Reply): Response {
  return new Response(body, { status, headers: prepared ?? headers })
}
