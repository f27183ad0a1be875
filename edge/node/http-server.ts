import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { getRequestListener, type HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { App } from '../app.ts'
import { Problem, problemReply } from '../http/problem.ts'
import { toResponse } from '../http/reply.ts'
import type { RequestHead } from '../http/request-head.ts'
import { readTraceparent, requestId } from '../http/request-id.ts'
import type { AccessLog } from './access-log.ts'
import { incomingHead, type PublicAddress } from './incoming-head.ts'
import type { Metrics } from './metrics.ts'
import { routeLabel } from './route-label.ts'
import { send } from './send-reply.ts'

/**
 * Milliseconds that an idle connection stays open: longer than proxies keep theirs (60 s), so that none sends a request
 * on a connection that is being closed here.
 */
const IDLE_TIMEOUT = 65_000

/** What every request of a server is answered and observed with. */
export interface Serving {
  app: App
  address: PublicAddress
  metrics: Metrics
  accessLog: AccessLog | undefined
  state: ServerState
}

/** The state of a server. */
export interface ServerState {
  /** Whether it is shutting down: answers then close their connections. */
  draining: boolean
  /** Requests that are being answered. */
  inFlight: number
}

/** One request on its way through the server. */
interface Exchange {
  head: RequestHead
  id: string
  trace: string | undefined
  from: number
}

/** A server for an app, not listening yet. */
export function createHttpServer(serving: Serving): Server {
  const { app, address, state } = serving
  const exchanges = new WeakMap<IncomingMessage, Exchange>()
  const listen = getRequestListener(
    async (request, env) => {
      const { incoming, outgoing } = env as HttpBindings
      const exchange = exchanges.get(incoming)!
      const response = await app.fetch(request, exchange.head)
      return finish(serving, exchange, response, outgoing)
    },
    {
      // HTTP/1.0 needs no Host (RFC 9112, 3.2); Node itself answers 400 to HTTP/1.1 without one.
      hostname: 'localhost',
      errorHandler: () =>
        toResponse(problemReply(new Problem('invalid-value', 'The request’s target or Host is not valid.'))),
    },
  )
  // Duplicate headers are joined, so that two Hosts make an invalid one (RFC 9112, 3.2).
  const server = createServer({ joinDuplicateHeaders: true }, async (incoming, outgoing) => {
    const from = performance.now()
    // OPTIONS * asks about the server as a whole (RFC 9110, 9.3.7); as a URL it would be invalid.
    if (incoming.url === '*') incoming.url = '/'
    const head = incomingHead(incoming, outgoing, address)
    const { 'x-request-id': given, traceparent } = incoming.headers
    const id = requestId(given as string | undefined)
    const trace = readTraceparent(traceparent as string | undefined)
    const exchange: Exchange = { head, id, trace, from }
    if (state.draining) outgoing.shouldKeepAlive = false
    const known = app.answerKnown(head)
    if (known && !(known instanceof Promise)) {
      send(outgoing, known, ownHeaders(exchange))
      return observe(serving, exchange, known.status, known.headers)
    }
    state.inFlight++
    outgoing.once('close', () => state.inFlight--)
    if (known) {
      const reply = await known
      if (state.draining) outgoing.shouldKeepAlive = false
      send(outgoing, reply, ownHeaders(exchange))
      return observe(serving, exchange, outgoing.destroyed ? 499 : reply.status, reply.headers)
    }
    exchanges.set(incoming, exchange)
    return listen(incoming, outgoing)
  })
  server.headersTimeout = 10_000
  server.requestTimeout = 30_000
  server.timeout = IDLE_TIMEOUT
  server.keepAliveTimeout = IDLE_TIMEOUT
  return server
}

/** Headers of one answer alone, names and values in turn. */
function ownHeaders({ id, trace }: Exchange): string[] {
  return trace === undefined ? ['x-request-id', id] : ['x-request-id', id, 'traceparent', trace]
}

/** Completes a response of the app and observes it. */
async function finish(
  serving: Serving,
  exchange: Exchange,
  response: Response,
  outgoing: ServerResponse,
): Promise<Response> {
  const headers = Object.fromEntries(response.headers)
  const own = ownHeaders(exchange)
  for (let i = 0; i < own.length; i += 2) response.headers.set(own[i], own[i + 1])
  if (serving.state.draining) outgoing.shouldKeepAlive = false
  observe(serving, exchange, outgoing.destroyed ? 499 : response.status, headers)
  if (headers['content-type'] !== 'text/event-stream' || !response.body) return response
  // Not by the adapter, which writes a line to the console when a client closes the connection.
  outgoing.writeHead(response.status, Object.fromEntries(response.headers))
  await pipeline(Readable.fromWeb(response.body as never), outgoing).catch(() => {})
  return RESPONSE_ALREADY_SENT
}

function observe(
  { metrics, accessLog }: Serving,
  { head, id, trace, from }: Exchange,
  status: number,
  headers: Record<string, string>,
): void {
  const ms = performance.now() - from
  const route = routeLabel(head.target)
  const model = headers['x-model']
  const timing = headers['server-timing']
  const cache = timing?.startsWith('cache;desc="') ? (timing.slice(12, -1) as 'memory' | 'shared') : undefined
  metrics.observe({ route, status, seconds: ms / 1000, model: model?.split('@', 1)[0], cache })
  const length = headers['content-length']
  const bytes = length === undefined ? undefined : Number(length)
  accessLog?.({ id, head, route, status, ms, bytes, model, cache, trace })
}

/**
 * Stops a server in two steps. For `drain` milliseconds it keeps answering, but each answer closes its connection and
 * `/readyz` is 503, so that load balancers turn to other servers. Then it stops listening, lets running requests finish
 * for up to `grace` milliseconds, and closes what is left.
 */
export async function drainServer(
  server: Server,
  state: ServerState,
  drain: number,
  grace: number,
): Promise<void> {
  state.draining = true
  if (drain > 0) await new Promise(resolve => setTimeout(resolve, drain))
  const closed = new Promise<void>(resolve => server.close(() => resolve()))
  // Again and again: an answer that had begun before the drain promised to keep its connection, which is idle once it ends.
  const sweep = setInterval(() => server.closeIdleConnections(), 20)
  const timer = setTimeout(() => server.closeAllConnections(), grace)
  await closed
  clearInterval(sweep)
  clearTimeout(timer)
}
