import { entityTag } from './entity-tag.ts'
import { COMMON_HEADERS, PAGE_HEADERS } from './headers.ts'

/** A reply before it is sent. Plain values, because making a Response takes longer than most of the other steps. */
export interface Reply {
  status: number
  headers: Record<string, string>
  body: Uint8Array<ArrayBuffer> | string | ReadableStream<Uint8Array> | null
  /** Whether the platform may compress it. Set for text; images and numbers hardly shrink. */
  compress?: boolean
  /** Whether it may be kept in memory and sent again for equal requests. */
  keep?: boolean
  /** Whether it is sent more than once, with this very headers object: a runtime may then cache the form it sends. */
  reused?: boolean
}

/** Caches the results of `make` for replies that are `reused`, by their headers object; calls it each time for others. */
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

/** A 200 with text and an entity tag, by which a client can revalidate it. @param headers added, or in place of these */
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

/** A 200 with a value as JSON. @param headers as for `textReply` */
export function jsonReply(value: unknown, headers?: Record<string, string>): Reply {
  return textReply(JSON.stringify(value), 'application/json', headers)
}

/** A page. @param policy its Content-Security-Policy */
export function htmlReply(html: string, policy: string): Reply {
  return textReply(html, 'text/html; charset=utf-8', { ...PAGE_HEADERS, 'content-security-policy': policy })
}

/** A page's reply; for an https origin with Strict-Transport-Security, which browsers ignore over http (RFC 6797, 7.2). */
export function withTransportSecurity(reply: Reply, origin: string): Reply {
  if (!origin.startsWith('https:')) return reply
  return { ...reply, headers: { ...reply.headers, 'strict-transport-security': 'max-age=31536000' } }
}
