import type { IncomingMessage, ServerResponse } from 'node:http'
import { keyOf, type RequestHead } from '../http/request-head.ts'
import type { Client } from '../platform.ts'

/** The head of a request that Node received, without making a Fetch request of it. */
export function incomingHead(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  trustProxy: boolean,
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
    client: clientOf(incoming, outgoing, trustProxy),
    origin: () => `http://${headers.host ?? 'localhost'}`,
    key: keyOf(url, accept),
  }
}

function clientOf(incoming: IncomingMessage, outgoing: ServerResponse, trustProxy: boolean): Client {
  return {
    address() {
      const forwarded = trustProxy ? String(incoming.headers['x-forwarded-for'] ?? '') : ''
      const last = forwarded.split(',').at(-1)?.trim()
      return last || (incoming.socket.remoteAddress ?? 'unknown')
    },
    hasHungUp: () => outgoing.destroyed,
  }
}
