import { readFile } from 'node:fs/promises'
import type { z } from 'zod'

/**
 * Reads a JSON file of a schema; null if it does not exist.
 *
 * @param what the content that is expected, with its article, for the error
 * @throws Error naming the file when its content is something else
 */
export async function readJson<T>(path: string, schema: z.ZodType<T>, what: string): Promise<T | null> {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === 'ENOENT') return null
    throw cause
  })
  if (text === null) return null
  try {
    return schema.parse(JSON.parse(text))
  } catch (cause) {
    throw new Error(`${path} is not ${what}: ${(cause as Error).message}`, { cause })
  }
}
