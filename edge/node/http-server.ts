import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { getRequestListener, type HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { App, Sender } from '../app.ts'
import { Problem, problemReply } from '../http/problem.ts'
import { type Reply, toResponse } from '../http/reply.ts'
import type { RequestHead } from '../http/request-head.ts'
import { readTraceparent, requestId } from '../http/request-id.ts'
import { answeredBy } from '../pipeline/answered-by.ts'
import { routeLabel } from '../pipeline/route-label.ts'
import type { AccessLog } from './access-log.ts'
import { headReader, type PublicAddress } from './incoming-head.ts'
import type { Metrics } from './metrics.ts'
import { send } from './send-reply.ts'

/**
 * Milliseconds that an idle connection stays open: longer than proxies keep theirs (60 s), so that none sends a request
 * on a connection that is being closed here.
 */
const IDLE_TIMEOUT = 65_000

/** The parts that answer and observe every request of a server. */
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
  outgoing: ServerResponse
  id: string
  trace: string | undefined
  from: number
}

/** A server for an app, not listening yet. */
export function createHttpServer(serving: Serving): Server {
  const { app, address, state } = serving
  const heads = headReader(address)
  const exchanges = new WeakMap<IncomingMessage, Exchange>()
  const listen = getRequestListener(
    async (request, env) => {
      const { incoming, outgoing } = env as HttpBindings
      const exchange = exchanges.get(incoming)!
      const response = await app.fetch(request, exchange.head, senderOf(serving, exchange))
      return outgoing.headersSent ? RESPONSE_ALREADY_SENT : response
    },
    {
      // HTTP/1.0 needs no Host (RFC 9112, 3.2); Node itself answers 400 to HTTP/1.1 without one.
      hostname: 'localhost',
      errorHandler: () =>
        toResponse(problemReply(new Problem('invalid-value', 'The request’s target or Host is not valid.'))),
    },
  )
  // Repeated headers are joined with a comma: two Host headers then make an invalid one, as RFC 9112, 3.2 demands.
  const server = createServer({ joinDuplicateHeaders: true }, async (incoming, outgoing) => {
    const from = performance.now()
    // OPTIONS * asks about the server as a whole (RFC 9110, 9.3.7); as a URL it would be invalid.
    if (incoming.url === '*') incoming.url = '/'
    const head = heads.read(incoming, outgoing)
    const { 'x-request-id': given, traceparent } = incoming.headers
    const id = requestId(given as string | undefined)
    const trace = readTraceparent(traceparent as string | undefined)
    const exchange: Exchange = { head, outgoing, id, trace, from }
    const known = heads.hasValidHost(incoming) ? app.answerKnown(head) : undefined
    if (known && !(known instanceof Promise)) return sendReply(serving, exchange, known)
    state.inFlight++
    outgoing.once('close', () => state.inFlight--)
    if (known) return sendReply(serving, exchange, await known)
    exchanges.set(incoming, exchange)
    return listen(incoming, outgoing)
  })
  server.headersTimeout = 10_000
  server.requestTimeout = 30_000
  server.timeout = IDLE_TIMEOUT
  server.keepAliveTimeout = IDLE_TIMEOUT
  return server
}

/** The headers that differ in every answer, as a list of names and values in turn. */
function ownHeaders({ id, trace }: Exchange): string[] {
  return trace === undefined ? ['x-request-id', id] : ['x-request-id', id, 'traceparent', trace]
}

/** Sends replies itself. A Response, from which Hono's adapter would read the headers again, takes half as long again. */
function senderOf(serving: Serving, exchange: Exchange): Sender {
  return {
    reply(reply) {
      if (reply.body instanceof ReadableStream) return finish(serving, exchange, toResponse(reply))
      sendReply(serving, exchange, reply)
      return RESPONSE_ALREADY_SENT
    },
    file: file => finish(serving, exchange, file),
  }
}

/** Sends a reply that is not a stream, and observes it. */
function sendReply(serving: Serving, exchange: Exchange, reply: Reply): void {
  const { outgoing } = exchange
  if (serving.state.draining) outgoing.shouldKeepAlive = false
  send(outgoing, reply, ownHeaders(exchange))
  observe(serving, exchange, outgoing.destroyed ? 499 : reply.status, reply.headers)
}

/** Completes a stream or a file of the page, and observes it. */
async function finish(serving: Serving, exchange: Exchange, response: Response): Promise<Response> {
  const { outgoing } = exchange
  const headers = Object.fromEntries(response.headers)
  const own = ownHeaders(exchange)
  for (let i = 0; i < own.length; i += 2) response.headers.set(own[i], own[i + 1])
  if (serving.state.draining) outgoing.shouldKeepAlive = false
  observe(serving, exchange, outgoing.destroyed ? 499 : response.status, headers)
  if (headers['content-type'] !== 'text/event-stream' || !response.body) return response
  // Hono's adapter would write a line to the console when a client closes the connection, so the stream is sent here.
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
  const { answered, model, version, cache } = answeredBy(headers['x-model'], headers['server-timing'])
  metrics.observe({ route, status, seconds: ms / 1000, model, version, cache })
  const length = headers['content-length']
  const bytes = length === undefined ? undefined : Number(length)
  accessLog?.({ id, head, route, status, ms, bytes, model: answered, cache, trace })
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
  // Repeatedly, because connections become idle one by one: answers that began before the drain keep theirs open.
  const sweep = setInterval(() => server.closeIdleConnections(), 20)
  const timer = setTimeout(() => server.closeAllConnections(), grace)
  await closed
  clearInterval(sweep)
  clearTimeout(timer)
}
