/** The parts of an OpenAPI 3.1 document that are read. */
interface Document {
  components?: { schemas?: object }
  paths?: object
}

/** A JSON Schema as OpenAPI 3.1 has it, limited to what the API's document uses. */
interface Schema {
  $ref?: string
  type?: string | string[]
  enum?: unknown[]
  const?: unknown
  format?: string
  description?: string
  default?: unknown
  properties?: Record<string, Schema>
  required?: string[]
  additionalProperties?: boolean | Schema
  items?: Schema
  prefixItems?: Schema[]
  anyOf?: Schema[]
  oneOf?: Schema[]
  allOf?: Schema[]
}

interface OperationObject {
  operationId: string
  summary: string
  tags?: string[]
  parameters?: { name: string; in: string; required?: boolean; description?: string; schema: Schema }[]
  requestBody?: { content: Record<string, { schema: Schema }> }
  responses: Record<string, { content?: Record<string, { schema: Schema }> }>
}

/** One of the API's operations by all its methods. */
interface Operation {
  name: string
  summary: string
  query: Map<string, { schema: Schema; required: boolean; description: string | undefined }>
  body: Schema[]
  isBodyOptional: boolean
  formats: string[]
  json: Schema
}

/**
 * TypeScript source with the types of an API: each operation's query, body, formats and JSON answer.
 *
 * @throws Error for a schema with a form that is not known here
 */
export function generateOperations(document: Document): string {
  const schemas = (document.components?.schemas ?? {}) as Record<string, Schema>
  const named = Object.entries(schemas).map(
    ([name, schema]) =>
      `${comment(schema.description && `${schema.description}.`)}export type ${name} = ${typeOf(schema)}\n`,
  )
  const operations = collectOperations(document).map(
    ({ name, summary, query, body, isBodyOptional, formats, json }) => `  /** ${summary}. */
  ${name}: {
    query: ${indent(queryType(query), 4)}
    body${isBodyOptional ? '?' : ''}: ${body.length === 0 ? 'undefined' : `${indent(body.map(typeOf).join(' | '), 4)} | Binary`}
    format: ${formats.map(format => JSON.stringify(format)).join(' | ')}
    json: ${indent(typeOf(json), 4)}
  }`,
  )
  return `// Generated from the API's OpenAPI description: UPDATE_CLIENT=1 npx vitest run edge/client

/** A body that is not JSON: float32 numbers row by row, a picture, or a form of pictures. */
export type Binary = Float32Array<ArrayBuffer> | Blob | FormData

${named.join('\n')}
/** The operations of a model, by name. */
export interface Operations {
${operations.join('\n')}
}
`
}

/** The operations at /v1/models/{model}/…; GET and POST of one path are one operation. */
function collectOperations(document: Document): Operation[] {
  return Object.entries(document.paths ?? {}).flatMap(([path, item]) => {
    const [, name] = /^\/v1\/models\/\{model\}\/(\w+)$/.exec(path) ?? []
    const { get, post } = item as { get?: OperationObject; post?: OperationObject }
    const methods = [get, post].filter(method => method !== undefined)
    if (!name || methods.length === 0) return []
    const query: Operation['query'] = new Map()
    let formats: string[] = []
    for (const { parameters = [] } of methods) {
      for (const { name, in: place, required = false, description, schema } of parameters) {
        if (place !== 'query') continue
        if (name === 'format') formats = schema.enum as string[]
        // A parameter of one method only is optional for the operation.
        else query.set(name, { schema, description, required: required && methods.length === 1 })
      }
    }
    const json = methods[0].responses['200']?.content?.['application/json']?.schema
    const body = post?.requestBody?.content['application/json']?.schema
    return [
      {
        name,
        summary: methods[0].summary,
        query,
        body: body ? [body] : [],
        isBodyOptional: get !== undefined,
        formats,
        json: json ?? { type: 'object' },
      },
    ]
  })
}

function queryType(query: Operation['query']): string {
  const lines = Array.from(query, ([name, { schema, required, description }]) =>
    member(name, { ...schema, description }, required),
  )
  return lines.length === 0 ? '{}' : `{\n${lines.join('')}}`
}

function member(name: string, schema: Schema, required: boolean): string {
  const key = /^[a-z_$][\w$]*$/i.test(name) ? name : JSON.stringify(name)
  const initial = schema.default === undefined ? '' : ` Default ${JSON.stringify(schema.default)}.`
  const text = schema.description ? `${schema.description.replace(/\.$/, '')}.${initial}` : initial.trim()
  return `${indent(`  ${comment(text).trimEnd()}`, 2)}${text ? '\n  ' : ''}${key}${required ? '' : '?'}: ${indent(typeOf(schema), 2)}\n`
}

function typeOf(schema: Schema): string {
  const { $ref, enum: values, type, anyOf, oneOf, allOf } = schema
  if ($ref) return $ref.slice($ref.lastIndexOf('/') + 1)
  if (values) return values.map(value => JSON.stringify(value)).join(' | ')
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  const union = anyOf ?? oneOf
  if (union) return union.map(typeOf).join(' | ')
  if (allOf) return allOf.map(typeOf).join(' & ')
  if (Array.isArray(type)) return type.map(each => typeOf({ ...schema, type: each })).join(' | ')
  switch (type) {
    case 'object':
      return objectType(schema)
    case 'array':
      if (schema.prefixItems) return `[${schema.prefixItems.map(typeOf).join(', ')}]`
      return `${parenthesize(typeOf(schema.items ?? {}))}[]`
    case 'string':
      return schema.format === 'binary' ? 'Blob' : 'string'
    case 'integer':
    case 'number':
      return 'number'
    case 'boolean':
    case 'null':
      return type
    case undefined:
      return 'unknown'
    default:
      throw new Error(`expected a JSON Schema type, got ${type}`)
  }
}

function objectType({ properties = {}, required = [], additionalProperties }: Schema): string {
  const names = Object.keys(properties)
  if (names.length === 0) {
    const value = typeof additionalProperties === 'object' ? typeOf(additionalProperties) : 'unknown'
    return `Record<string, ${value}>`
  }
  return `{\n${names.map(name => member(name, properties[name], required.includes(name))).join('')}}`
}

const parenthesize = (type: string) => (/[|&]/.test(type) ? `(${type})` : type)
const comment = (text: string | undefined) => (text ? `/** ${text.replaceAll('*/', '* /')} */\n` : '')
const indent = (text: string, columns: number) => text.replaceAll('\n', `\n${' '.repeat(columns)}`)
