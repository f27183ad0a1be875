import ipaddr from 'ipaddr.js'

/**
 * The name under which a client is limited and queued: an IPv4 address, or the /64 network of an IPv6 address. One
 * subscriber has at least a /64, and could use another address of it for each request.
 *
 * @param address with or without a port, an IPv6 address with or without brackets; other text is kept as it is
 */
export function clientNetwork(address: string): string {
  const host = withoutPort(address.trim().slice(0, 100))
  if (!ipaddr.isValid(host)) return host || 'unknown'
  // `process` gives the IPv4 address of an IPv4-mapped IPv6 address.
  const parsed = ipaddr.process(host)
  if (parsed.kind() === 'ipv4') return parsed.toString()
  const [a, b, c, d] = (parsed as ipaddr.IPv6).parts
  return `${[a, b, c, d].map(part => part.toString(16)).join(':')}::/64`
}

function withoutPort(address: string): string {
  if (address.startsWith('[')) return address.slice(1).split(']', 1)[0]
  const parts = address.split(':')
  return parts.length === 2 ? parts[0] : address
}

/** The address that the nearest proxy wrote: the last entry of X-Forwarded-For. */
export function lastForwardedFor(header: string | null | undefined): string | undefined {
  return header?.slice(header.lastIndexOf(',') + 1).trim() || undefined
}

/** Headers in which a proxy says how a client reached it. */
export interface ForwardedHeaders {
  forwarded?: string | null
  forwardedProto?: string | null
  forwardedHost?: string | null
  host?: string | null
}

/**
 * The scheme and host that people see, as the nearest proxy wrote it: the last element of Forwarded (RFC 7239), else
 * X-Forwarded-Proto and X-Forwarded-Host. Undefined where they name no valid origin.
 */
export function forwardedOrigin({
  forwarded,
  forwardedProto,
  forwardedHost,
  host,
}: ForwardedHeaders): string | undefined {
  const element = forwarded ? readForwarded(forwarded) : {}
  const proto = element.proto ?? lastForwardedFor(forwardedProto) ?? 'http'
  const name = element.host ?? lastForwardedFor(forwardedHost) ?? host ?? ''
  return parseOrigin(`${proto}://${name}`)
}

/** An origin such as https://example.org; undefined for any other text. */
export function parseOrigin(text: string): string | undefined {
  if (text.length > 300 || !URL.canParse(text)) return undefined
  const { protocol, host, username, password, pathname, search, hash, origin } = new URL(text)
  const isPlain = username + password + search + hash === '' && pathname === '/'
  return isPlain && host !== '' && (protocol === 'https:' || protocol === 'http:') ? origin : undefined
}

function readForwarded(header: string): Record<string, string | undefined> {
  const last = header.slice(header.lastIndexOf(',') + 1)
  return Object.fromEntries(
    last.split(';').map(pair => {
      const [name, value = ''] = pair.split('=', 2)
      return [name.trim().toLowerCase(), value.trim().replace(/^"|"$/g, '')]
    }),
  )
}
