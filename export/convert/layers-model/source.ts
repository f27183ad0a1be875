import { readFile, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync } from 'node:zlib'
import { refuse } from '../graph/conversion-error.ts'

/** Where a model's files are read from. */
export interface Location {
  /** Name of model.json, for `read` and for messages. */
  model: string
  /** The bytes of a file beside model.json. */
  read(name: string): Promise<Uint8Array>
}

const LARGEST_JSON = 2 ** 28

/** The place a path (of model.json or its folder) or a file:, http: or https: URL names. */
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
        return refuse(`${file}: cannot be read (${(error as NodeJS.ErrnoException).code})`)
      }
    },
  }
}

async function modelFile(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined)
  return found?.isDirectory() ? join(path, 'model.json') : path
}

function web(url: URL): Location {
  return {
    model: url.href,
    async read(name) {
      // Shards keep the query of model.json: a signed URL's signature is in it.
      const file = name === url.href ? url : Object.assign(new URL(name, url), { search: url.search })
      const response = await fetch(file).catch((error: Error) =>
        refuse(
          `${file.href}: cannot be fetched (${(error.cause as Error | undefined)?.message ?? error.message})`,
        ),
      )
      if (!response.ok) refuse(`${file.href}: expected status 200, got ${response.status}`)
      return new Uint8Array(await response.arrayBuffer())
    },
  }
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
    return refuse(
      `${name}: gzipped, but cannot be unpacked to at most ${limit} bytes (${(error as Error).message})`,
    )
  }
}

/** A JSON file's value, gzipped or not. */
export function readJson(bytes: Uint8Array, name: string): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(inflate(bytes, name, LARGEST_JSON)))
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof TypeError)) throw error
    return refuse(`${name}: expected a layers-model's JSON, got a file that is not JSON (${error.message})`)
  }
}
