import type { Client } from '../platform.ts'

/** The parts of a request that are known before its body and parameters are read. */
export interface RequestHead {
  method: string
  /** Path and query, as they were sent. */
  target: string
  accept: string
  /** The Accept-Encoding header. */
  encodings: string
  conditions: Conditions
  client: Client
  /** The Authorization header, which may hold an API key. */
  authorization?: string
  /** Scheme and host under which people reach this server: https://example.org. */
  origin(): string
  /** The last event that a client of server-sent events received before it reconnected. */
  lastEventId?: string
  /** The key of a GET's reply in the cache: target and Accept, which is all that a reply depends on. */
  key: string
}

/** Headers that make a request conditional (RFC 9110, 13.1). */
export interface Conditions {
  ifMatch?: string
  ifNoneMatch?: string
  ifModifiedSince?: string
}

/** The head of a Fetch request. */
export function headOf(request: Request, client: Client, origin?: () => string): RequestHead {
  const { method, url, headers } = request
  const slash = url.indexOf('/', 8)
  const accept = headers.get('accept') ?? ''
  const target = url.slice(slash)
  return {
    method,
    target,
    accept,
    encodings: headers.get('accept-encoding') ?? '',
    conditions: {
      ifMatch: headers.get('if-match') ?? undefined,
      ifNoneMatch: headers.get('if-none-match') ?? undefined,
      ifModifiedSince: headers.get('if-modified-since') ?? undefined,
    },
    client,
    origin: origin ?? (() => url.slice(0, slash)),
    authorization: headers.get('authorization') ?? undefined,
    lastEventId: headers.get('last-event-id') ?? undefined,
    key: keyOf(target, accept),
  }
}

/** See `RequestHead.key`. */
export function keyOf(target: string, accept: string): string {
  return `${target}\n${accept}`
}
