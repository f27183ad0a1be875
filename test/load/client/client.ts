import { type Dispatcher, Client as UndiciClient } from 'undici'
import { checkReply, type Reply } from './check-reply.ts'
import type { Failure, Outcome } from './outcome.ts'
import type { RequestKind } from './request-kind.ts'
import { hostOf, type Target } from './target.ts'

/** A request ready to be sent. */
export interface FilledRequest {
  method: string
  /** Path and query under the target's root. */
  path: string
  headers: Readonly<Record<string, string>>
  body?: Buffer
}

/** Sends requests to one target. */
export interface Client {
  /** Sends a request; `done` is called once, with the complete reply checked or the failure. */
  send(kind: RequestKind, request: FilledRequest, done: (outcome: Outcome) => void): void
  /** GETs a path and resolves with the complete reply, or with the failure. */
  get(path: string): Promise<Reply | Outcome>
  /** Connections opened so far. */
  connections(): number
  /** GETs sent again because their kept connection broke before any reply. */
  resent(): number
  /** Breaks all connections. */
  close(): void
}

const LARGEST_BODY = 64 * 2 ** 20

/** A connection with the number of replies that have come over it. */
interface Connection {
  client: UndiciClient
  replies: number
}

/** How one attempt ended. */
type Attempt = Reply | (Outcome & { connected: boolean })

/**
 * Opens a client on undici's dispatcher (6 µs a request more than a bare socket; Node's own http adds 33 µs).
 * Connections are kept alive and as many as are needed: in a pool with a limit requests would wait inside the client.
 * Redirects are not followed, so that nothing leaves the target.
 *
 * @param timeout milliseconds for a complete reply, from when the request was sent
 * @param insecure accept any certificate
 */
export function openClient(target: Target, timeout: number, insecure = false): Client {
  const { url, address, family } = target
  const port = url.port || (url.protocol === 'https:' ? 443 : 80)
  const origin = `${url.protocol}//${family === 6 ? `[${address}]` : address}:${port}`
  const prefix = url.pathname.replace(/\/$/, '')
  const servername = /^[\d.]+$|:/.test(hostOf(url)) ? '' : hostOf(url)
  const idle: Connection[] = []
  const all = new Set<Connection>()
  let opened = 0
  let resent = 0

  const connect = (): Connection => {
    const client = new UndiciClient(origin, {
      pipelining: 1,
      keepAliveTimeout: 600_000,
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: { servername, rejectUnauthorized: !insecure, timeout: 0 },
    })
    const connection = { client, replies: 0 }
    client.on('connect', () => opened++)
    client.on('disconnect', () => drop(connection))
    all.add(connection)
    return connection
  }
  const drop = (connection: Connection) => {
    all.delete(connection)
    const place = idle.indexOf(connection)
    if (place >= 0) idle.splice(place, 1)
    connection.client.destroy().catch(() => {})
  }
  const exchange = (request: FilledRequest, done: (attempt: Attempt, first: boolean) => void) => {
    const connection = idle.pop() ?? connect()
    const first = connection.replies === 0
    const end = (attempt: Attempt) => {
      if ('status' in attempt) {
        connection.replies++
        if (all.has(connection)) idle.push(connection)
      } else drop(connection)
      done(attempt, first)
    }
    const { method, path, body } = request
    const headers = { host: url.host, ...request.headers }
    connection.client.dispatch(
      { method: method as Dispatcher.HttpMethod, path: prefix + path, headers, body },
      replyHandler(end, timeout),
    )
  }
  const complete = (request: FilledRequest, done: (attempt: Attempt) => void) =>
    exchange(request, (attempt, first) => {
      // A server may close an idle connection just as it is used: browsers send a GET again (RFC 9112, 9.3.1).
      const stale = !('status' in attempt) && attempt.failure === 'reset' && attempt.bytes < 0 && !first
      if (!stale || request.method !== 'GET') return done(attempt)
      resent++
      for (const connection of idle.splice(0)) drop(connection)
      exchange(request, done)
    })
  return {
    send(kind, request, done) {
      complete(request, attempt => {
        if ('status' in attempt) {
          const [failure, detail] = checkReply(attempt, kind)
          done({ bytes: attempt.body.length, ...(failure && { failure, detail }) })
        } else done(toOutcome(attempt))
      })
    },
    get: path =>
      new Promise(resolve =>
        complete({ method: 'GET', path, headers: {} }, attempt =>
          resolve('status' in attempt ? attempt : toOutcome(attempt)),
        ),
      ),
    connections: () => opened,
    resent: () => resent,
    close: () => {
      for (const connection of all) drop(connection)
    },
  }
}

function toOutcome({ failure, detail, bytes }: Outcome): Outcome {
  return { failure, detail, bytes: Math.max(0, bytes) }
}

/**
 * Collects a reply, within the timeout; calls `end` once. Of a failure before the reply's first byte, `bytes` is −1.
 */
function replyHandler(end: (attempt: Attempt) => void, timeout: number): Dispatcher.DispatchHandler {
  const chunks: Buffer[] = []
  let [status, type, bytes, connected, ended] = [0, '', -1, false, false]
  let abort = () => {}
  const finish = (attempt: Attempt) => {
    if (ended) return
    ended = true
    clearTimeout(timer)
    end(attempt)
  }
  const fail = (failure: Failure, detail: string) => {
    finish({ failure, detail, bytes, connected })
    abort()
  }
  const timer = setTimeout(() => fail('timeout', `no complete reply in ${timeout} ms`), timeout)
  return {
    onRequestStart(controller) {
      connected = true
      abort = () => controller.abort(new Error('given up'))
    },
    onResponseStart(_, statusCode, headers) {
      status = statusCode
      type = String(headers['content-type'] ?? '')
      bytes = 0
    },
    onResponseData(_, chunk) {
      bytes += chunk.length
      if (bytes > LARGEST_BODY) fail('reset', `more than ${LARGEST_BODY} bytes`)
      else chunks.push(chunk)
    },
    onResponseEnd: () => finish({ status, type, body: Buffer.concat(chunks) }),
    onResponseError: (_, error) => {
      const [failure, detail] = classify(error, connected)
      fail(failure, detail)
    },
  }
}

/** The kind of an error, by its code: a certificate that is refused, TLS that fails, no connection, or a broken one. */
function classify(error: NodeJS.ErrnoException, connected: boolean): [Failure, string] {
  const code = error.code ?? error.message
  if (/CERT|SELF_SIGNED|UNABLE_TO|ALTNAME|^ERR_SSL|^ERR_TLS|EPROTO/.test(code)) return ['tls', code]
  const cause = (error.cause as NodeJS.ErrnoException | undefined)?.code
  return [connected ? 'reset' : 'connect', code === 'UND_ERR_SOCKET' ? (cause ?? error.message) : code]
}
