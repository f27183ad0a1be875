import { toBase64 } from '../../../models/files/base64.ts'
import { wrongValue } from '../../http/problem.ts'
import type { RateAccount } from '../../http/rate-limit.ts'
import { keyOf, type RequestHead } from '../../http/request-head.ts'
import { OPERATIONS } from '../../operations/index.ts'
import type { Method, Operation } from '../../operations/operation.ts'
import { parseRequest } from '../../pipeline/parse-request.ts'
import { bytesOfBase64 } from '../../pipeline/posted-images.ts'
import type { Service } from '../../pipeline/respond.ts'
import { runOperation } from '../../pipeline/run-operation.ts'

/** A tool as `tools/list` gives it (MCP, server/tools). */
export interface Tool {
  name: string
  title: string
  description: string
  inputSchema: { type: 'object'; properties: Record<string, unknown>; required: string[] }
  annotations: { readOnlyHint: true; openWorldHint: false }
}

/** The content of a tool's result. */
export type Content = { type: 'text'; text: string } | { type: 'image'; data: string; mimeType: 'image/png' }

/** The operations that are tools, each with the HTTP method that a call corresponds to. */
const METHODS: Readonly<Record<string, Method>> = {
  sample: 'get',
  write: 'get',
  interpolate: 'get',
  reconstruct: 'post',
}

/** The default of `scale` in tools: unscaled images of 28 × 28 pixels are too small to look at. */
const SCALE = 4

interface Parameter {
  name: string
  in: string
  required?: boolean
  schema: Record<string, unknown>
}

/** The part of the API's OpenAPI document that tools are made from. */
export interface ApiPaths {
  paths?: object
}

/** The names of all tools. */
export const TOOL_NAMES: readonly string[] = Object.keys(METHODS)

/** All tools. Their parameters are those of the operations except the format, since a tool's result is a picture. */
export function listTools({ paths = {} }: ApiPaths): Tool[] {
  return Object.entries(METHODS).map(([name, method]) => {
    const operation = operationOf(name)
    const path = `/v1/models/{model}/${name}`
    const operations = (paths as Record<string, Record<Method, { parameters: Parameter[] }>>)[path]
    const parameters = operations[method].parameters.filter(
      ({ name }) => name !== 'format' && name !== 'model',
    )
    const properties = Object.fromEntries(parameters.map(({ name, schema }) => [name, schema]))
    const required = parameters.filter(({ required }) => required).map(({ name }) => name)
    return {
      name,
      title: operation.summary,
      description: operation.description,
      inputSchema: {
        type: 'object',
        properties: {
          model: {
            type: 'string',
            description: 'A model’s id, or id@version to pin its version',
            default: 'default',
          },
          ...(method === 'post' && {
            image: { type: 'string', description: 'A PNG, JPEG or WebP in base64' },
          }),
          ...properties,
          ...('scale' in properties && {
            scale: { ...(properties.scale as object), default: SCALE },
          }),
        },
        required: method === 'post' ? ['image', ...required] : required,
      },
      annotations: { readOnlyHint: true, openWorldHint: false },
    }
  })
}

/** Whether there is a tool of this name. */
export function isTool(name: unknown): name is string {
  return typeof name === 'string' && Object.hasOwn(METHODS, name)
}

/**
 * Runs a tool: the operation of its name, with a picture as its result.
 *
 * @throws Problem for wrong arguments, as a request for the operation does
 */
export async function callTool(
  service: Service,
  head: RequestHead,
  rate: RateAccount,
  name: string,
  { model = 'default', image, ...query }: Record<string, unknown>,
): Promise<Content[]> {
  if (typeof model !== 'string') throw wrongValue('body', 'model', 'text', model)
  const operation = operationOf(name)
  const isPost = METHODS[name] === 'post'
  const search = new URLSearchParams({ scale: String(SCALE) })
  for (const [key, value] of Object.entries(query)) search.set(key, textOf(key, value))
  search.set('format', 'png')
  const target = `/v1/models/${encodeURIComponent(model)}/${name}?${search}`
  const init = isPost
    ? { method: 'POST', headers: { 'content-type': 'image/png' }, body: decodeImage(image) }
    : {}
  const request = new Request(new URL(target, head.origin()), init)
  const method = isPost ? 'POST' : 'GET'
  const accept = 'image/png'
  const inner: RequestHead = { ...head, method, target, accept, conditions: {}, key: keyOf(target, accept) }
  const parsed = await parseRequest(service.catalog, operation, model, request, inner)
  const reply = await runOperation({ ...service, client: head.client, rate }, parsed)
  if (!(reply.body instanceof Uint8Array)) throw new Error(`${name}: expected bytes`)
  const { 'x-model': drawnBy, 'x-seed': seed, 'content-location': location } = reply.headers
  const facts = [
    `model ${drawnBy}`,
    ...(seed === undefined ? [] : [`seed ${seed}`]),
    ...(location === undefined ? [] : [new URL(location, head.origin()).href]),
  ]
  return [
    { type: 'image', data: toBase64(reply.body), mimeType: 'image/png' },
    { type: 'text', text: facts.join(', ') },
  ]
}

/** An argument as a query has it. @throws Problem for a list or an object */
function textOf(name: string, value: unknown): string {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return String(value)
  throw wrongValue('body', name.slice(0, 100), 'a text, a number or a boolean', value)
}

function operationOf(name: string): Operation {
  return OPERATIONS.find(operation => operation.name === name) as Operation
}

function decodeImage(image: unknown): Uint8Array<ArrayBuffer> {
  if (typeof image !== 'string' || image === '')
    throw wrongValue('body', 'image', 'a picture in base64', image)
  return bytesOfBase64(image, 'image')
}
