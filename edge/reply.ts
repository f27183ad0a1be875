/** What is sent back, in the form every platform can send without making something else of it first. */
export interface Reply {
  status: number
  headers: Record<string, string>
  body: Uint8Array<ArrayBuffer> | string | ReadableStream<Uint8Array> | null
  /** It is given more than once, with the same headers: the form it is sent in may be kept, under them. */
  again?: boolean
}

/** Headers of replies that are given more than once: workerd copies them in a third of the time. */
const prepared = new WeakMap<Reply['headers'], Headers>()

/** A reply as what `fetch` gives. */
export function toResponse({ status, headers, body, again }: Reply): Response {
  let given: Headers | undefined
  if (again) {
    given = prepared.get(headers)
    if (!given) prepared.set(headers, (given = new Headers(headers)))
  }
  return new Response(body, { status, headers: given ?? headers })
}
