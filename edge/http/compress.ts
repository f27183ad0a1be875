import type { Reply } from './reply.ts'
import type { RequestHead } from './request-head.ts'

/** Bytes below which a body is sent as it is: gzip would save less than a packet. */
const SMALLEST = 1000

/** Compresses a reply for a client that accepts it. */
export type Compressor = (reply: Reply, head: RequestHead) => Reply | Promise<Reply>

/**
 * A compressor of replies that are marked `compress`, with gzip, for a client that accepts it (RFC 9110, 8.4). Since an
 * entity tag names exact bytes (8.8.3.3), a compressed reply's tag gets the suffix `-gzip`, which conditional requests
 * ignore. Other replies are returned as they are. A body that is kept in memory and sent often is compressed once.
 */
export function createCompressor(): Compressor {
  const compressed = new WeakMap<Uint8Array, Promise<Uint8Array<ArrayBuffer>>>()
  return (reply, { encodings }) => {
    const { body, headers } = reply
    if (!reply.compress || !(body instanceof Uint8Array) || body.length < SMALLEST) return reply
    if (!acceptsGzip(encodings)) return reply
    let bytes = compressed.get(body)
    if (!bytes) compressed.set(body, (bytes = gzip(body)))
    return bytes.then(body => ({
      ...reply,
      body,
      headers: {
        ...headers,
        'content-encoding': 'gzip',
        'content-length': String(body.length),
        ...(headers.etag && { etag: `${headers.etag.slice(0, -1)}-gzip"` }),
      },
      reused: false,
    }))
  }
}

/** Whether an Accept-Encoding header accepts gzip (RFC 9110, 12.5.3). */
export function acceptsGzip(header: string): boolean {
  return header.split(',').some(part => {
    const [name, quality] = part.split(';')
    return name.trim().toLowerCase() === 'gzip' && Number(quality?.split('=')[1] ?? 1) > 0
  })
}

async function gzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream('gzip'))
  return new Uint8Array(await new Response(stream).arrayBuffer())
}
