import type { ServerResponse } from 'node:http'
import { cachedByHeaders, type Reply } from '../http/reply.ts'

/** Bytes up to which a body is sent as text: a copy costs less than a second write. */
const TEXT_BYTES = 32 * 1024

/** A reply in the form that Node sends fastest. */
interface Sendable {
  /** Names and values in turn. */
  headers: string[]
  /** A short body, one character a byte: Node writes it and the head as one string. */
  text: string | undefined
}

const sendableOf = cachedByHeaders<Sendable>(({ headers, body }) => ({
  headers: flatten(headers),
  text: textOf(body),
}))

/** Sends a reply that is not a stream. @param own headers of this answer alone, names and values in turn */
export function send(outgoing: ServerResponse, reply: Reply, own: readonly string[]): void {
  const { status, body } = reply
  const { headers, text } = sendableOf(reply)
  outgoing.writeHead(status, [...headers, ...own])
  if (text !== undefined) outgoing.end(text, 'latin1')
  else outgoing.end(body)
}

function flatten(headers: Record<string, string>): string[] {
  const flat: string[] = []
  for (const name in headers) flat.push(name, headers[name])
  return flat
}

function textOf(body: Reply['body']): string | undefined {
  if (!(body instanceof Uint8Array) || body.length > TEXT_BYTES) return undefined
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('latin1')
}
