import type { ServerResponse } from 'node:http'
import { cachedByHeaders, type Reply } from '../http/reply.ts'

/** Bodies of up to this many bytes are joined with the head: a copy takes less time than a second write. */
const TEXT_BYTES = 32 * 1024

/** A reply in the form that Node sends fastest. */
interface Sendable {
  /** Names and values in turn. */
  headers: string[]
  /** A short body as text, one character for each byte (latin1): Node then writes head and body in one piece. */
  text: string | undefined
}

const sendableOf = cachedByHeaders<Sendable>(({ headers, body }) => ({
  headers: flatten(headers),
  text: textOf(body),
}))

/** Sends a reply that is not a stream. @param own headers that only this answer has: names and values in turn */
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
