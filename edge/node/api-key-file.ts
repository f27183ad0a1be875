import { randomBytes } from 'node:crypto'
import { readFile, rename, writeFile } from 'node:fs/promises'
import { type ApiKeyEntry, ApiKeyFile, hashKey } from '../http/api-keys.ts'

/** Reads a file of keys. @throws Error that names the file and the first wrong member */
export async function readApiKeys(file: string): Promise<ApiKeyEntry[]> {
  let json: unknown
  try {
    json = JSON.parse(await readFile(file, 'utf8'))
  } catch (error) {
    throw new Error(`${file}: expected a JSON file of API keys (${(error as Error).message})`)
  }
  const parsed = ApiKeyFile.safeParse(json)
  if (!parsed.success) {
    const [{ path, message }] = parsed.error.issues
    throw new Error(`${file}: ${path.join('.')}: ${message}`)
  }
  const names = parsed.data.keys.map(({ name }) => name)
  const repeated = names.find((name, i) => names.indexOf(name) !== i)
  if (repeated) throw new Error(`${file}: expected different names, got ${repeated} twice`)
  return parsed.data.keys
}

/**
 * Adds a client to a file of keys, which is created if it is missing.
 *
 * @returns the key, which is stored nowhere
 * @throws Error if the name is taken or invalid
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
  await writeKeys(file, [...keys, { ...client, sha256 }])
  return key
}

/** Removes a client. @throws Error if there is none of this name */
export async function removeApiKey(file: string, name: string): Promise<void> {
  const keys = await readApiKeys(file)
  const kept = keys.filter(key => key.name !== name)
  if (kept.length === keys.length)
    throw new Error(`${file}: expected one of ${keys.map(key => key.name).join(', ')}, got ${name}`)
  await writeKeys(file, kept)
}

async function writeKeys(file: string, keys: ApiKeyEntry[]): Promise<void> {
  const partial = `${file}.${process.pid}.partial`
  await writeFile(partial, `${JSON.stringify(ApiKeyFile.parse({ keys }), null, 2)}\n`, { mode: 0o600 })
  await rename(partial, file)
}
