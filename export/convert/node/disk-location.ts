import { readFile, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Location, webLocation } from '../files/location.ts'
import { fail } from '../graph/conversion-error.ts'

/** The location of a model.json, or of the folder that has it: a path, or a file:, http: or https: URL. */
export function locate(source: string | URL): Location {
  const text = String(source)
  if (/^https?:/i.test(text)) return webLocation(new URL(text))
  return diskLocation(/^file:/i.test(text) ? fileURLToPath(text) : text)
}

function diskLocation(path: string): Location {
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
