import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { buildApiDocument } from '../pages/openapi/document.ts'
import { generateOperations } from './generate-operations.ts'

const FILE = fileURLToPath(new URL('operations.ts', import.meta.url))

test('the client’s types are those of the OpenAPI description', async () => {
  const generated = generateOperations(buildApiDocument())
  if (process.env.UPDATE_CLIENT) await writeFile(FILE, generated)
  // The formatter breaks lines in other places, uses other quotes, and starts broken unions with a bar.
  const normalize = (source: string) =>
    source.replace(/\s+/g, ' ').replaceAll("'", '"').replaceAll(': | ', ': ').replaceAll('= | ', '= ')
  const committed = normalize(await readFile(FILE, 'utf8'))
  expect(committed === normalize(generated), 'run UPDATE_CLIENT=1 npx vitest run edge/client').toBe(true)
})
