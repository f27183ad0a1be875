import { concatBytes } from '../../../models/files/bytes.ts'
import { fail } from '../graph/conversion-error.ts'

const LARGEST_JSON = 2 ** 28

/**
 * Unpacks a file if it is gzipped.
 *
 * @param limit the most bytes it may unpack to
 * @throws ConversionError when the gzip stream is damaged or larger
 */
export async function inflate(
  bytes: Uint8Array,
  name: string,
  limit: number,
): Promise<Uint8Array<ArrayBuffer>> {
  // A raw shard may begin with gzip's magic number by chance; a shard of the expected size is not unpacked.
  const raw = bytes as Uint8Array<ArrayBuffer>
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b || bytes.length === limit) return raw
  try {
    return await gunzip(raw, limit)
  } catch (error) {
    return fail(
      `${name}: gzipped, but cannot be unpacked to at most ${limit} bytes (${(error as Error).message})`,
    )
  }
}

/** Unpacks with Web Streams, which Node and browsers have. @throws Error when damaged, or larger than `limit` */
async function gunzip(bytes: Uint8Array<ArrayBuffer>, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))
  const chunks: Uint8Array[] = []
  let size = 0
  const reader = stream.getReader()
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    size += next.value.length
    if (size > limit) {
      await reader.cancel()
      throw new Error('it has more')
    }
    chunks.push(next.value)
  }
  return concatBytes(chunks)
}

/** A file format of another tool, and the command that converts it to a model.json. */
interface OtherFormat {
  magic: string
  what: string
  remedy: string
}

/** File formats that people pass by mistake, by their first bytes. */
const OTHER_FORMATS: readonly OtherFormat[] = [
  {
    magic: '\x89HDF\r\n\x1a\n',
    what: 'an HDF5 file (.h5)',
    remedy: '`tensorflowjs_converter --input_format=keras MODEL.h5 FOLDER`',
  },
  {
    magic: 'PK\x03\x04',
    what: 'a zip archive, as .keras files are',
    remedy: '`tensorflowjs_converter --input_format=keras_keras MODEL.keras FOLDER`',
  },
]

/** The format of a file that is not a model.json, if it is a known one. */
export function otherFormat(bytes: Uint8Array): OtherFormat | undefined {
  const start = String.fromCharCode(...bytes.subarray(0, 8))
  return OTHER_FORMATS.find(({ magic }) => start.startsWith(magic))
}

/** Parses a JSON file, gzipped or not. */
export async function readJson(bytes: Uint8Array, name: string): Promise<unknown> {
  const other = otherFormat(bytes)
  if (other) fail(`${name}: expected a model.json, got ${other.what}; convert it first with ${other.remedy}`)
  const unpacked = await inflate(bytes, name, LARGEST_JSON)
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(unpacked))
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error
    return fail(`${name}: expected a model's JSON, got a file that is not JSON (${error.message})`)
  }
}
