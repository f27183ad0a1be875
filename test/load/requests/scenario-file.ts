import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { z } from 'zod'
import type { RequestKind, RequestMix } from '../client/request-kind.ts'
import { readJsonFile } from '../read-json-file.ts'
import { placeholders } from './template.ts'

const Range = z
  .tuple([z.number(), z.number()])
  .refine(([low, high]) => low <= high, { error: 'expected the lower bound first' })
const Draw = z.union(
  [
    z.strictObject({
      integer: Range.refine(range => range.every(Number.isSafeInteger), { error: 'expected integers' }),
    }),
    z.strictObject({ number: Range, decimals: z.int().min(0).max(17).optional() }),
    z.strictObject({ choice: z.array(z.string()).min(1) }),
  ],
  { error: 'expected {"integer": [low, high]}, {"number": [low, high]} or {"choice": [text, …]}' },
)

const Kind = z
  .strictObject({
    name: z.string().min(1),
    weight: z.number().positive().default(1),
    method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']).default('GET'),
    path: z.string().startsWith('/'),
    headers: z.record(z.string(), z.string()).optional(),
    body: z.string().optional(),
    /** A file with the body's bytes, relative to the scenario's folder. */
    bodyFile: z.string().optional(),
    /** Conditions on the reply: status 200 by default. */
    expect: z
      .strictObject({
        status: z.int().min(100).max(599).default(200),
        type: z.string().toLowerCase().optional(),
        begins: z.string().optional(),
        ends: z.string().optional(),
        has: z.string().optional(),
        bytes: z.int().min(0).optional(),
        least: z.int().min(0).optional(),
      })
      .prefault({}),
  })
  .refine(kind => kind.body === undefined || kind.bodyFile === undefined, {
    error: 'expected body or bodyFile, got both',
  })

/** A scenario: kinds of requests for any server, and the values of their placeholders. */
const Scenario = z.strictObject({
  name: z.string().min(1).optional(),
  values: z.record(z.string().regex(/^[A-Za-z_]\w*$/), Draw).default({}),
  requests: z.array(Kind).min(1).max(255),
})

/**
 * Reads a scenario from a JSON file.
 *
 * @throws Error naming the file and the field when it cannot be read or is not a scenario
 */
export async function readScenario(file: string): Promise<RequestMix> {
  const {
    name = path.basename(file, '.json'),
    values,
    requests,
  } = await readJsonFile('--scenario', file, Scenario)
  const kinds = await Promise.all(requests.map(request => toKind(request, file)))
  checkNames(kinds, values, file)
  return { name, kinds, values }
}

async function toKind(
  { bodyFile, body, expect, ...kind }: z.infer<typeof Kind>,
  file: string,
): Promise<RequestKind> {
  const { status, type, ...check } = expect
  const bytes = bodyFile && (await readFile(path.resolve(path.dirname(file), bodyFile)).catch(unreadable))
  const content = bytes || body
  return {
    ...kind,
    ...(content !== undefined && { body: content }),
    expect: { status, ...(type !== undefined && { type }), body: check },
  }
  function unreadable(error: NodeJS.ErrnoException): never {
    throw new Error(`--scenario: ${file}: bodyFile of ${kind.name} cannot be read (${error.code})`)
  }
}

function checkNames(kinds: readonly RequestKind[], values: RequestMix['values'], file: string): void {
  for (const [i, kind] of kinds.entries()) {
    if (kinds.findIndex(({ name }) => name === kind.name) !== i) {
      throw new Error(
        `--scenario: ${file}: expected a name of its own for each request, got ${kind.name} twice`,
      )
    }
    // A text body may contain other braces: only the names defined by `values` are placeholders there.
    const unknown = [kind.path, ...Object.values(kind.headers ?? {})]
      .flatMap(placeholders)
      .find(name => !(name in values))
    if (unknown !== undefined) {
      throw new Error(`--scenario: ${file}: ${kind.name} has {${unknown}}, which values does not define`)
    }
  }
}
