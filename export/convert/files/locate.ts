import { readFile, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { fail } from '../graph/conversion-error.ts'

/** A place that a model's files are read from. */
export interface Location {
  /** Name of model.json, for `read` and for messages. */
  model: string
  /** The bytes of a file beside model.json. */
  read(name: string): Promise<Uint8Array>
}

const LARGEST_JSON = 2 ** 28

/** The location of a model.json, or of the folder that has it: a path, or a file:, http: or https: URL. */
export function locate(source: string | URL): Location {
  const text = String(source)
  if (/^https?:/i.test(text)) return web(new URL(text))
  return disk(/^file:/i.test(text) ? fileURLToPath(text) : text)
}

function disk(path: string): Location {
  const isModel = (name: string) => name === path
  return {
    model: path,
    async read(name) {
      const file = isModel(name) ? await modelFile(path) : join(dirname(await modelFile(path)), name)
      try {
        return await readFile(file)
      } catch (error) {
        return fail(`${file}: cannot be read (${(error as NodeJS.ErrnoException).code})`)
      }
    },
  }
}

async function modelFile(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined)
  return found?.isDirectory() ? join(path, 'model.json') : path
}

/** A URL that ends in a slash is a folder's. */
function web(url: URL): Location {
  const model = new URL(url)
  if (model.pathname.endsWith('/')) model.pathname += 'model.json'
  return {
    model: model.href,
    async read(name) {
      const file = name === model.href ? model : shardUrl(name, model)
      const response = await fetch(file).catch((error: Error) =>
        fail(
          `${file.href}: cannot be fetched (${(error.cause as Error | undefined)?.message ?? error.message})`,
        ),
      )
      if (!response.ok) fail(`${file.href}: expected status 200, got ${response.status}`)
      return new Uint8Array(await response.arrayBuffer())
    },
  }
}

/**
 * The URL of a shard. It has its own query and, on the same origin, the parameters of model.json's: they may sign the
 * request. Another host does not get them.
 */
function shardUrl(name: string, model: URL): URL {
  const shard = new URL(name, model)
  if (shard.origin !== model.origin) return shard
  if (shard.search === '') shard.search = model.search
  else
    for (const [key, value] of model.searchParams) {
      if (!shard.searchParams.has(key)) shard.searchParams.append(key, value)
    }
  return shard
}

/**
 * The bytes of a file that may be gzipped.
 *
 * @param limit the most bytes it may unpack to
 * @throws ConversionError when the gzip stream is damaged or larger
 */
export function inflate(bytes: Uint8Array, name: string, limit: number): Uint8Array {
  // A raw shard may begin with gzip's magic number by chance; one of the expected size is taken as it is.
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b || bytes.length === limit) return bytes
  try {
    return gunzipSync(bytes, { maxOutputLength: Math.max(1, limit) })
  } catch (error) {
    return fail(
      `${name}: gzipped, but cannot be unpacked to at most ${limit} bytes (${(error as Error).message})`,
    )
  }
}

/** File formats that people pass by mistake, by their first bytes, with the command that makes a model.json of them. */
const OTHER_FORMATS: readonly { magic: string; what: string; remedy: string }[] = [
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

/** A JSON file's value, gzipped or not. */
export function readJson(bytes: Uint8Array, name: string): unknown {
  const start = String.fromCharCode(...bytes.subarray(0, 8))
  const other = OTHER_FORMATS.find(({ magic }) => start.startsWith(magic))
  if (other) fail(`${name}: expected a model.json, got ${other.what}; convert it first with ${other.remedy}`)
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(inflate(bytes, name, LARGEST_JSON)))
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error
    return fail(`${name}: expected a model's JSON, got a file that is not JSON (${error.message})`)
  }
}
