import type { IncomingMessage, ServerResponse } from 'node:http'
import { clientNetwork, forwardedOrigin, lastForwardedFor } from '../http/client-network.ts'
import { keyOf, type RequestHead } from '../http/request-head.ts'
import type { Client } from '../platform.ts'

/** How a server is reached. */
export interface PublicAddress {
  /** The origin that people see; by default that of each request. */
  publicUrl?: string
  /** Whether the headers of a proxy in front are believed. */
  trustProxy: boolean
}

/** The head of a request that Node received, without making a Fetch request of it. */
export function incomingHead(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  address: PublicAddress,
): RequestHead {
  const { method = 'GET', url = '/', headers } = incoming
  const accept = headers.accept ?? ''
  return {
    method,
    target: url,
    accept,
    conditions: {
      ifMatch: headers['if-match'],
      ifNoneMatch: headers['if-none-match'],
      ifModifiedSince: headers['if-modified-since'],
    },
    client: clientOf(incoming, outgoing, address.trustProxy),
    origin: () => address.publicUrl ?? originOf(incoming, address.trustProxy),
    authorization: headers.authorization,
    lastEventId: single(headers['last-event-id']),
    key: keyOf(url, accept),
  }
}

function clientOf(incoming: IncomingMessage, outgoing: ServerResponse, trustProxy: boolean): Client {
  return {
    address() {
      const forwarded = trustProxy ? lastForwardedFor(single(incoming.headers['x-forwarded-for'])) : undefined
      return clientNetwork(forwarded ?? incoming.socket.remoteAddress ?? '')
    },
    hasHungUp: () => outgoing.destroyed,
  }
}

function originOf({ headers }: IncomingMessage, trustProxy: boolean): string {
  const { host } = headers
  const proxied = trustProxy && {
    forwarded: headers.forwarded,
    forwardedProto: single(headers['x-forwarded-proto']),
    forwardedHost: single(headers['x-forwarded-host']),
  }
  return forwardedOrigin({ host, ...proxied }) ?? 'http://localhost'
}

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header.join(',') : header
}
