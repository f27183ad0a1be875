import type { IncomingMessage, ServerResponse } from 'node:http'
import { LRUCache } from 'lru-cache'
import { clientNetwork, forwardedOrigin, lastForwardedFor } from '../http/client-network.ts'
import { keyOf, type RequestHead } from '../http/request-head.ts'

/** The public address of a server. */
export interface PublicAddress {
  /** The origin that people see; by default that of each request. */
  publicUrl?: string
  /** Whether to trust the headers of a proxy in front. */
  trustProxy: boolean
}

/** How many addresses and hosts are remembered with their canonical form, which takes longer to make than to find. */
const REMEMBERED = 200

/** Reads the heads of requests that Node received, without making Fetch requests of them. */
export interface HeadReader {
  read(incoming: IncomingMessage, outgoing: ServerResponse): RequestHead
  /** Whether the Host header names a host, so that a Fetch request can be made. */
  hasValidHost(incoming: IncomingMessage): boolean
}

/** A reader of heads for a server with this public address. */
export function headReader({ publicUrl, trustProxy }: PublicAddress): HeadReader {
  const networks = new LRUCache<string, string>({ max: REMEMBERED, memoMethod: clientNetwork })
  const origins = new LRUCache<string, string>({
    max: REMEMBERED,
    memoMethod: host => forwardedOrigin({ host }) ?? '',
  })

  function addressOf({ headers, socket }: IncomingMessage): string {
    const forwarded = trustProxy ? lastForwardedFor(single(headers['x-forwarded-for'])) : undefined
    return networks.memo(forwarded ?? socket.remoteAddress ?? '')
  }
  function originOf({ headers }: IncomingMessage): string {
    const { host = '' } = headers
    if (!trustProxy) return origins.memo(host) || NO_ORIGIN
    const proxied = {
      forwarded: headers.forwarded,
      forwardedProto: single(headers['x-forwarded-proto']),
      forwardedHost: single(headers['x-forwarded-host']),
    }
    return forwardedOrigin({ host, ...proxied }) ?? NO_ORIGIN
  }
  function read(incoming: IncomingMessage, outgoing: ServerResponse): RequestHead {
    const { method = 'GET', url = '/', headers } = incoming
    const accept = headers.accept ?? ''
    return {
      method,
      target: url,
      accept,
      encodings: single(headers['accept-encoding']) ?? '',
      conditions: {
        ifMatch: headers['if-match'],
        ifNoneMatch: headers['if-none-match'],
        ifModifiedSince: headers['if-modified-since'],
      },
      client: { address: () => addressOf(incoming), hasHungUp: () => outgoing.destroyed },
      origin: () => publicUrl ?? originOf(incoming),
      authorization: headers.authorization,
      lastEventId: single(headers['last-event-id']),
      key: keyOf(url, accept),
    }
  }
  return { read, hasValidHost: ({ headers: { host = '' } }) => origins.memo(host) !== '' }
}

/** The origin of a request whose Host header is missing or names no host. */
const NO_ORIGIN = 'http://localhost'

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(',') : header
}
