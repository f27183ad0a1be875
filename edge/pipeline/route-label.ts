import { OPERATIONS } from '../operations/index.ts'

const OPERATION_NAMES = new Set(OPERATIONS.map(operation => operation.name))
const FIXED_PATHS = new Set([
  '/v1/models',
  '/openapi.json',
  '/docs',
  '/embed',
  '/oembed',
  '/healthz',
  '/readyz',
])

/** The pattern of a request's route, for metrics and logs. There are few patterns, however many paths clients try. */
export function routeLabel(target: string): string {
  const end = target.indexOf('?')
  const path = end < 0 ? target : target.slice(0, end)
  if (FIXED_PATHS.has(path)) return path
  const match = /^\/v1\/models\/[^/]+(?:\/([^/]+))?$/.exec(path)
  if (!match) return 'other'
  if (match[1] === undefined) return '/v1/models/{model}'
  return `/v1/models/{model}/${OPERATION_NAMES.has(match[1]) ? match[1] : '{file}'}`
}
