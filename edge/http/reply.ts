import { entityTag } from './entity-tag.ts'
import { COMMON_HEADERS, PAGE_HEADERS } from './headers.ts'

/** An answer, in the form that every runtime sends with the least work. */
export interface Reply {
  status: number
  headers: Record<string, string>
  body: Uint8Array<ArrayBuffer> | string | ReadableStream<Uint8Array> | null
  /** Whether the platform may send it compressed: text that is requested often. */
  compress?: boolean
  /** Whether it is kept in memory and sent again for equal requests. */
  keep?: boolean
  /** Whether it came from memory: a runtime may then cache what it makes of the headers, by their object. */
  reused?: boolean
}

/** Caches what `make` gives for replies from memory, by their headers object; other replies are made each time. */
export function cachedByHeaders<T extends object>(make: (reply: Reply) => T): (reply: Reply) => T {
  const cache = new WeakMap<Reply['headers'], T>()
  return reply => {
    if (!reply.reused) return make(reply)
    let made = cache.get(reply.headers)
    if (!made) cache.set(reply.headers, (made = make(reply)))
    return made
  }
}

/** A reply as the Response of a fetch handler. */
export function toResponse({ body, status, headers }: Reply): Response {
  return new Response(body, { status, headers })
}

/** Cache-Control of what may change at any deployment. */
export const ONE_MINUTE = 'public, max-age=60, must-revalidate'

/** Text, tagged so that a client can revalidate it. */
export function textReply(text: string, type: string, headers: Record<string, string> = {}): Reply {
  const body = new TextEncoder().encode(text)
  return {
    status: 200,
    compress: true,
    headers: {
      ...COMMON_HEADERS,
      'content-type': type,
      'content-length': String(body.length),
      'cache-control': ONE_MINUTE,
      vary: 'accept-encoding',
      etag: entityTag(body),
      ...headers,
    },
    body,
  }
}

/** A value as JSON. */
export function jsonReply(value: unknown, headers?: Record<string, string>): Reply {
  return textReply(JSON.stringify(value), 'application/json', headers)
}

/** A page. @param policy its Content-Security-Policy */
export function htmlReply(html: string, policy: string): Reply {
  return textReply(html, 'text/html; charset=utf-8', { ...PAGE_HEADERS, 'content-security-policy': policy })
}

/** A page's reply; over https with the header that browsers accept only there (RFC 6797, 7.2). */
export function secured(reply: Reply, origin: string): Reply {
  if (!origin.startsWith('https:')) return reply
  return { ...reply, headers: { ...reply.headers, 'strict-transport-security': 'max-age=31536000' } }
}
