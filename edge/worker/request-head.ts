import { clientNetwork, forwardedOrigin, lastForwardedFor } from '../http/client-network.ts'
import { headOf, type RequestHead } from '../http/request-head.ts'
import type { Client } from '../platform.ts'

/** Variables of the Worker that say whose address and which origin a request has. */
export interface AddressBindings {
  /** The scheme and host that people see, such as https://example.org; by default that of each request. */
  PUBLIC_URL?: string
  /** Whether to trust the headers of a proxy in front, if the Worker runs outside Cloudflare. */
  TRUST_PROXY?: boolean
}

/** The head of a request to the Worker. */
export function requestHead(request: Request, env: AddressBindings): RequestHead {
  const client: Client = {
    address: () => clientNetwork(addressOf(request, env)),
    // When workerd hears that a connection broke, the request's code does not continue.
    hasHungUp: () => false,
  }
  return headOf(request, client, () => env.PUBLIC_URL ?? originOf(request, env))
}

/**
 * The client's address. On Cloudflare it is in CF-Connecting-IP, which Cloudflare sets. Elsewhere anybody could send that
 * header; there workerd gives the connection's address.
 */
function addressOf(request: Request, env: AddressBindings): string {
  const connection = (request as { cf?: { clientIp?: string } }).cf?.clientIp
  if (connection === undefined) return request.headers.get('cf-connecting-ip') ?? ''
  const forwarded = env.TRUST_PROXY ? lastForwardedFor(request.headers.get('x-forwarded-for')) : undefined
  return forwarded ?? connection
}

function originOf({ url, headers }: Request, { TRUST_PROXY }: AddressBindings): string {
  const { origin, host } = new URL(url)
  if (!TRUST_PROXY) return origin
  const proxied = {
    forwarded: headers.get('forwarded'),
    forwardedProto: headers.get('x-forwarded-proto'),
    forwardedHost: headers.get('x-forwarded-host'),
  }
  return forwardedOrigin({ host, ...proxied }) ?? origin
}
