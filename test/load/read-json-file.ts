import { readFile } from 'node:fs/promises'
import type { z } from 'zod'

/**
 * Reads a JSON file that an option of the command names.
 *
 * @param option for errors, such as `--scenario`
 * @throws Error naming the option, the file and a line for each fault
 */
export async function readJsonFile<T extends z.ZodType>(
  option: string,
  file: string,
  schema: T,
): Promise<z.output<T>> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new Error(`${option}: ${file} cannot be read (${error.code})`)
  })
  let content: unknown
  try {
    content = JSON.parse(text)
  } catch (error) {
    throw new Error(`${option}: ${file}: expected JSON: ${(error as Error).message}`)
  }
  const { data, error } = schema.safeParse(content)
  if (!error) return data
  const lines = error.issues.map(({ path, message }) => `${path.join('.') || 'the content'}: ${message}`)
  throw new Error(`${option}: ${file}: ${lines.join('\n  ')}`)
}
