import type { VersionScope } from '../catalog/choose-version.ts'
import type { Model } from '../catalog/model.ts'
import type { ModelCatalog } from '../catalog/model-catalog.ts'
import { chooseFormat, type Format } from '../http/negotiate-format.ts'
import { Problem, wrongValue } from '../http/problem.ts'
import type { RequestHead } from '../http/request-head.ts'
import { fieldErrorsOf } from '../http/zod-issues.ts'
import { LIMITS } from '../limits.ts'
import { type Operation, queryOf } from '../operations/operation.ts'
import { type ParsedBody, readBody } from './read-body.ts'
import { checkPicture, type Presentation } from './render.ts'

/** A request whose parameters and body are read and checked. */
export interface ParsedRequest {
  operation: Operation
  model: Model
  scope: VersionScope
  format: Format
  query: Presentation & { seed?: number; style?: string; invertInput?: boolean }
  body: ParsedBody | undefined
  /** The pinned URL that returns this reply again, with the seed that was given or drawn. */
  location(seed: number | undefined): string
}

/**
 * Reads a request and checks it against the operation, the model and the limits.
 *
 * @param name of the model, as in the path: `id` or `id@version`
 * @throws Problem
 */
export async function parseRequest(
  catalog: ModelCatalog,
  operation: Operation,
  name: string,
  request: Request,
  head: RequestHead,
): Promise<ParsedRequest> {
  const search = readSearch(head.target)
  const { model, scope } = await catalog.find(name, { seed: search.get('seed'), client: head.client })
  const { format: formatName, ...parameters } = toObject(search)
  const named = formatName === undefined ? undefined : parseFormat(operation, formatName)
  const isPost = request.method === 'POST'
  const parsed = queryOf(operation, isPost ? 'post' : 'get').safeParse(parameters, { reportInput: true })
  if (!parsed.success) {
    throw new Problem('invalid-value', undefined, fieldErrorsOf(parsed.error.issues, 'query', parameters))
  }
  const query = parsed.data as ParsedRequest['query']
  const format = chooseFormat(operation.formats, named, head.accept)
  const { id, version, dataset } = model.card
  const kind = isPost ? operation.body : undefined
  const body = kind && (await readBody(kind, request, model.card))
  const images = operation.count(query, body, model.card, format)
  checkPicture(format, query, images, dataset.height * dataset.width)
  const path = `/v1/models/${id}@${version}/${operation.name}`
  return { operation, model, scope, format, query, body, location: locate(path, search, format) }
}

/**
 * A function that gives an answer's URL for a seed: the path and the parameters in ascending order, with the chosen format.
 * The text around the seed is made once, since requests that differ only in their seed share a parsed request.
 */
function locate(path: string, query: URLSearchParams, format: Format): ParsedRequest['location'] {
  const parameters = new URLSearchParams(query)
  parameters.set('format', format)
  parameters.delete('seed')
  parameters.sort()
  const unseeded = `${path}?${parameters}`
  parameters.set('seed', '0')
  parameters.sort()
  const seeded = `${path}?${parameters}`
  const { index } = /[?&]seed=0(?=&|$)/.exec(seeded)!
  const [before, after] = [seeded.slice(0, index + 6), seeded.slice(index + 7)]
  return seed => (seed === undefined ? unseeded : `${before}${seed}${after}`)
}

/** The parameters of a path with a query. @throws Problem for a query that is too long, before it is parsed */
export function readSearch(target: string): URLSearchParams {
  const start = target.indexOf('?')
  if (start < 0) return new URLSearchParams()
  const length = target.length - start - 1
  if (length <= LIMITS.queryLength) return new URLSearchParams(target.slice(start + 1))
  throw wrongValue('query', 'query', `at most ${LIMITS.queryLength} characters`, `${length}`)
}

/** Parameters by name. @throws Problem for too many of them, or a name that comes twice */
function toObject(search: URLSearchParams): Record<string, string> {
  if (search.size > LIMITS.queryParameters) {
    throw wrongValue('query', 'query', `at most ${LIMITS.queryParameters} parameters`, `${search.size}`)
  }
  const query: Record<string, string> = {}
  for (const [name, value] of search) {
    if (Object.hasOwn(query, name)) throw wrongValue('query', name || 'query', 'one value', 'several values')
    // Plain assignment would set the prototype for the name __proto__.
    Object.defineProperty(query, name, { value, enumerable: true })
  }
  return query
}

function parseFormat(operation: Operation, name: string): Format {
  const format = operation.formats.find(each => each === name)
  if (format) return format
  throw wrongValue('query', 'format', `one of ${operation.formats.join(', ')}`, name)
}
