import type { Client, Reach } from '../catalog/choose-version.ts'
import type { Model, Models } from '../catalog/models.ts'
import { chooseFormat, type Format } from '../http/negotiate-format.ts'
import { Problem, wrongValue } from '../http/problem.ts'
import { faultsOf } from '../http/zod-issues.ts'
import { LIMITS } from '../limits.ts'
import type { Operation } from '../operations/operation.ts'
import { type Body, readBody } from './body.ts'
import { checkPicture, type Presentation } from './render.ts'

/** A request that has been understood: everything is checked before any work. */
export interface Job {
  operation: Operation
  model: Model
  reach: Reach
  format: Format
  query: Presentation & { seed?: number; invertInput?: boolean }
  body: Body | undefined
  /** The path, on this model's version, that gives this answer again: with the seed that was asked for or drawn. */
  location(seed: number | undefined): string
}

/**
 * Reads a request and checks all of it against the operation, the model and the limits.
 *
 * @param name the model's, as in the path: `id` or `id@version`
 * @throws Problem
 */
export async function understand(
  models: Models,
  operation: Operation,
  name: string,
  request: Request,
  client: Client,
): Promise<Job> {
  const address = new URL(request.url).searchParams
  const { model, reach } = await models.find(name, { seed: address.get('seed'), client })
  const { format: formatName, ...parameters } = readQuery(address)
  const named = formatName === undefined ? undefined : parseFormat(operation, formatName)
  const parsed = operation.query.safeParse(parameters, { reportInput: true })
  if (!parsed.success)
    throw new Problem('invalid-value', undefined, faultsOf(parsed.error.issues, 'query', parameters))
  const query = parsed.data as Job['query']
  const format = chooseFormat(operation.formats, named, request.headers.get('accept') ?? '')
  const size = model.card.dataset.height * model.card.dataset.width
  if (request.method !== 'POST') checkPicture(format, query, operation.count(query, undefined), size)
  const body = request.method === 'POST' ? await readBody(operation, request, model.card, query) : undefined
  if (body) checkPicture(format, query, operation.count(query, body), size)
  const location = locate(
    `/v1/models/${model.card.id}@${model.card.version}/${operation.name}`,
    address,
    format,
  )
  return { operation, model, reach, format, query, body, location }
}

/** Names an answer: a query's parameters in ascending order, with the format that was chosen and the seed. */
function locate(path: string, query: URLSearchParams, format: Format): Job['location'] {
  const address = new URLSearchParams(query)
  address.set('format', format)
  address.delete('seed')
  address.sort()
  const unseeded = `${path}?${address}`
  address.set('seed', '0')
  address.sort()
  const seeded = `${path}?${address}`
  const start = /[?&]seed=0(?=&|$)/.exec(seeded)!
  const [before, after] = [seeded.slice(0, start.index + 6), seeded.slice(start.index + 7)]
  return seed => (seed === undefined ? unseeded : `${before}${seed}${after}`)
}

/** A query as an object. @throws Problem for a name that comes twice or a query that is too long */
function readQuery(search: URLSearchParams): Record<string, string> {
  const query: Record<string, string> = {}
  let length = 0
  for (const [name, value] of search) {
    length += name.length + value.length
    if (Object.hasOwn(query, name)) throw wrongValue('query', name, 'it once', 'it more than once')
    Object.defineProperty(query, name, { value, enumerable: true })
  }
  if (length > LIMITS.queryLength) {
    throw wrongValue('query', 'query', `at most ${LIMITS.queryLength} characters`, `${length}`)
  }
  return query
}

function parseFormat(operation: Operation, name: string): Format {
  const format = operation.formats.find(each => each === name)
  if (format) return format
  throw wrongValue('query', 'format', `one of ${operation.formats.join(', ')}`, name)
}
