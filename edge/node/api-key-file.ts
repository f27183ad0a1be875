import { randomBytes } from 'node:crypto'
import { readFile, rename, writeFile } from 'node:fs/promises'
import type { z } from 'zod'
import { ApiKeyEntry, ApiKeyFile, hashKey } from '../http/api-keys.ts'

/** Reads a file of keys. @throws Error that names the file and the first wrong member */
export async function readApiKeys(file: string): Promise<ApiKeyEntry[]> {
  let json: unknown
  try {
    json = JSON.parse(await readFile(file, 'utf8'))
  } catch (error) {
    throw new Error(`${file}: expected a JSON file of API keys (${(error as Error).message})`)
  }
  const { keys } = parseAs(ApiKeyFile, json, `${file}: `)
  const names = keys.map(({ name }) => name)
  const repeated = names.find((name, i) => names.indexOf(name) !== i)
  if (repeated) throw new Error(`${file}: expected different names, got ${repeated} twice`)
  return keys
}

/** Parses a value. @throws Error that begins with `place` and names the first wrong member */
function parseAs<T>(schema: z.ZodType<T>, value: unknown, place = ''): T {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const [{ path, message }] = parsed.error.issues
  throw new Error(`${place}${path.join('.')}: ${message}`)
}

/**
 * Adds a client to a file of keys, which is created if it is missing.
 *
 * @returns the key, which is stored nowhere
 * @throws Error if the name is taken or invalid, or a limit is out of range
 */
export async function addApiKey(file: string, client: Omit<ApiKeyEntry, 'sha256'>): Promise<string> {
  const keys = await readApiKeys(file).catch(error => {
    if (/ENOENT/.test(String(error))) return []
    throw error
  })
  if (keys.some(({ name }) => name === client.name))
    throw new Error(`${file}: ${client.name} has a key already`)
  const key = `le_${randomBytes(24).toString('base64url')}`
  const sha256 = Buffer.from(await hashKey(key)).toString('hex')
  await writeKeys(file, [...keys, parseAs(ApiKeyEntry, { ...client, sha256 })])
  return key
}

/** Removes a client. @throws Error if there is none of this name */
export async function removeApiKey(file: string, name: string): Promise<void> {
  const keys = await readApiKeys(file)
  const kept = keys.filter(key => key.name !== name)
  if (kept.length === keys.length) {
    const names = keys.map(key => key.name).join(', ') || 'it has none'
    throw new Error(`${file}: expected the name of a client (${names}), got ${name}`)
  }
  await writeKeys(file, kept)
}

async function writeKeys(file: string, keys: ApiKeyEntry[]): Promise<void> {
  const partial = `${file}.${process.pid}.partial`
  await writeFile(partial, `${JSON.stringify({ keys } satisfies ApiKeyFile, null, 2)}\n`, { mode: 0o600 })
  await rename(partial, file)
}
