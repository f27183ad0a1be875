import { OPERATIONS } from '../operations/index.ts'

const OPERATION_NAMES = new Set(OPERATIONS.map(operation => operation.name))
const FIXED_PATHS = new Set([
  '/v1/models',
  '/v1/usage',
  '/v2',
  '/v2/',
  '/v2/health/live',
  '/v2/health/ready',
  '/mcp',
  '/preview.png',
  '/openapi.json',
  '/llms.txt',
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
  return modelLabel(path) ?? inferenceLabel(path) ?? 'other'
}

function modelLabel(path: string): string | undefined {
  const match = /^\/v1\/models\/[^/]+(?:\/([^/]+))?$/.exec(path)
  if (!match) return undefined
  if (match[1] === undefined) return '/v1/models/{model}'
  return `/v1/models/{model}/${OPERATION_NAMES.has(match[1]) ? match[1] : '{file}'}`
}

/** Of the Open Inference Protocol. */
function inferenceLabel(path: string): string | undefined {
  const match = /^\/v2\/models\/[^/]+(\/versions\/[^/]+)?(\/ready|\/infer)?$/.exec(path)
  return match
    ? `/v2/models/{model}${match[1] === undefined ? '' : '/versions/{version}'}${match[2] ?? ''}`
    : undefined
}
