import type { RateAccount } from '../http/rate-limit.ts'
import type { Reply } from '../http/reply.ts'
import type { RequestHead } from '../http/request-head.ts'
import { respond, type Service } from '../pipeline/respond.ts'
import {
  inferReply,
  liveReply,
  modelMetadata,
  modelReadyReply,
  serverMetadata,
  serverReadyReply,
  withInferenceErrors,
} from './inference/inference.ts'
import { mcpReply } from './mcp/mcp.ts'
import type { ApiPaths } from './mcp/tools.ts'

/** A request as a route of a protocol sees it. @param parameter gives a part of the path by its name */
export interface ProtocolRequest {
  head: RequestHead
  request: Request
  parameter(name: string): string | undefined
}

/** Adds a route. */
type AddRoute = (
  path: string,
  methods: readonly string[],
  handler: (request: ProtocolRequest) => Promise<Reply>,
) => void

/**
 * Adds the routes of the protocols that other tools speak: the Open Inference Protocol at /v2 and MCP at /mcp.
 *
 * @param describe gives the API's OpenAPI description
 */
export function routeProtocols(service: Service, describe: () => ApiPaths, add: AddRoute): void {
  add('/mcp', ['post'], ({ head, request }) =>
    respond(service, head, rate => mcpReply(service, describe, request, head, rate)),
  )
  const inference = (
    path: string,
    method: string,
    make: (request: ProtocolRequest, rate: RateAccount) => Promise<Reply> | Reply,
  ) =>
    add(path, [method], request =>
      withInferenceErrors(service, () => respond(service, request.head, async rate => make(request, rate))),
    )
  // The protocol's text has /v2, its OpenAPI description /v2/.
  for (const path of ['/v2', '/v2/']) inference(path, 'get', serverMetadata)
  inference('/v2/health/live', 'get', liveReply)
  inference('/v2/health/ready', 'get', () => serverReadyReply(service))
  for (const path of ['/v2/models/:model', '/v2/models/:model/versions/:version']) {
    const named = ({ parameter }: ProtocolRequest) =>
      [parameter('model') ?? '', parameter('version')] as const
    inference(path, 'get', request => modelMetadata(service, request.head, ...named(request)))
    inference(`${path}/ready`, 'get', request => modelReadyReply(service, request.head, ...named(request)))
    inference(`${path}/infer`, 'post', (request, rate) =>
      inferReply(service, request.request, request.head, rate, ...named(request)),
    )
  }
}
