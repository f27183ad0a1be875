import { concatBytes } from '../../models/files/bytes.ts'
import { Problem, wrongValue } from '../http/problem.ts'
import { LIMITS } from '../limits.ts'

/**
 * The bytes of a body, unpacked if its Content-Encoding is gzip. Reading stops at the limit, whatever Content-Length says.
 *
 * @throws Problem body-too-large, unsupported-media-type or invalid-body
 */
export async function readBytes(request: Request): Promise<Uint8Array<ArrayBuffer>> {
  const declared = Number(request.headers.get('content-length') ?? 0)
  if (declared > LIMITS.bodyBytes) throw tooLarge(`${declared} bytes`)
  const bytes = concatBytes(await readParts(unpacked(request)))
  if (bytes.length === 0) throw wrongValue('body', 'body', 'some bytes', 'none', 'invalid-body')
  return bytes
}

function unpacked(request: Request): ReadableStream<Uint8Array> | null {
  const encoding = (request.headers.get('content-encoding') ?? 'identity').trim().toLowerCase()
  if (encoding === 'identity' || encoding === '') return request.body
  if (encoding === 'gzip' || encoding === 'x-gzip') {
    return request.body?.pipeThrough(new DecompressionStream('gzip') as never) ?? null
  }
  const { errors } = wrongValue('header', 'content-encoding', 'gzip or identity', encoding)
  throw new Problem('unsupported-media-type', undefined, errors, { 'accept-encoding': 'gzip' })
}

async function readParts(stream: ReadableStream<Uint8Array> | null): Promise<Uint8Array[]> {
  const parts: Uint8Array[] = []
  let length = 0
  const reader = stream?.getReader()
  while (reader) {
    const part = await reader.read().catch(() => {
      throw wrongValue(
        'body',
        'body',
        'a whole body',
        'one that ends early or cannot be unpacked',
        'invalid-body',
      )
    })
    if (part.done) break
    length += part.value.length
    if (length > LIMITS.bodyBytes) {
      await reader.cancel().catch(() => {})
      throw tooLarge('more')
    }
    parts.push(part.value)
  }
  return parts
}

function tooLarge(got: string): Problem {
  return wrongValue('body', 'body', `at most ${LIMITS.bodyBytes} bytes`, got, 'body-too-large')
}
