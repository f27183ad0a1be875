import { fail } from '../graph/conversion-error.ts'

/** Access to a model's files. */
export interface Location {
  /** Name of model.json, for `read` and for messages. */
  model: string
  /** Reads a file beside model.json. */
  read(name: string): Promise<Uint8Array>
}

/** Files in memory, by the names that model.json gives them. */
export function memoryLocation(files: Readonly<Record<string, Uint8Array>>): Location {
  return {
    model: 'model.json',
    read: async name =>
      files[name] ??
      files[name.replace(/^\.\//, '')] ??
      fail(`${name}: not among the files given (${Object.keys(files).join(', ')})`),
  }
}

/** The location of a model.json that is fetched. A URL that ends in a slash is a folder's. */
export function webLocation(url: URL): Location {
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
 * The URL of a shard: its own query, and on the same origin the parameters of model.json's URL too, which may sign the
 * request. They are not sent to another host.
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
