import http, { type ClientRequest, type IncomingMessage } from 'node:http'
import https from 'node:https'
import type { BodyCheck, Entry } from './mix.ts'
import type { Target } from './target.ts'

/**
 * How a request can fail. connect: no connection. timeout: no whole answer in time. reset: the connection broke before
 * the answer was whole. status, type, body: answered, but not with what was expected. unsent: too many in flight.
 */
export const FAILURES = ['connect', 'timeout', 'reset', 'status', 'type', 'body', 'unsent'] as const
export type Failure = (typeof FAILURES)[number]

/** What became of a request. */
export interface Outcome {
  failure?: Failure
  /** More about the failure, for people. */
  detail?: string
  /** Bytes of the answer's body. */
  bytes: number
}

/** What sends requests to one target. */
export interface Client {
  /** Sends a request; `done` is called once, when the answer is whole or there will be none. */
  send(entry: Entry, path: string, done: (outcome: Outcome) => void): void
  /** Connections opened so far. */
  connections(): number
  /** GETs asked again since their kept connection broke before any answer. */
  resent(): number
  /** Breaks whatever is under way. */
  close(): void
}

const LARGEST = 64 * 2 ** 20

/**
 * Opens a client on Node's own http: connections are kept alive and as many as needed, for a pool with a limit would
 * make requests wait inside the client; redirects are not followed, so that nothing leaves the target.
 *
 * @param timeout milliseconds for a whole answer, from when the request was sent
 */
export function openClient(target: Target, timeout: number, digit: Buffer): Client {
  const secure = target.url.protocol === 'https:'
  const agent = new (secure ? https : http).Agent({ keepAlive: true, maxFreeSockets: 4096 })
  const prefix = target.url.pathname.replace(/\/$/, '')
  let connections = 0
  let resent = 0
  const common = {
    protocol: target.url.protocol,
    host: target.address,
    family: target.family,
    port: target.url.port || (secure ? 443 : 80),
    ...(secure && { servername: target.url.hostname }),
  }
  const attempt = (
    entry: Entry,
    path: string,
    reuse: boolean,
    timer: Timer,
    done: (outcome: Attempt) => void,
  ) => {
    const headers: Record<string, string | number> = { host: target.url.host }
    if (entry.posts) Object.assign(headers, { 'content-type': entry.posts, 'content-length': digit.length })
    const options = { ...common, method: entry.method, path: prefix + path, headers }
    const request = (secure ? https : http).request({ ...options, agent: reuse && agent })
    request.once('socket', socket => {
      if (!request.reusedSocket) socket.once('connect', () => connections++)
    })
    follow(request, entry, timer, outcome => {
      // The server may close an idle connection just as it is used: browsers ask again (RFC 9112, 9.3.1).
      if (outcome.stale && reuse && entry.method === 'GET') {
        resent++
        attempt(entry, path, false, timer, done)
      } else done(outcome)
    })
    request.end(entry.posts && digit)
  }
  return {
    send(entry, path, done) {
      const timer = startTimer(timeout)
      attempt(entry, path, true, timer, ({ stale: _, ...outcome }) => {
        timer.stop()
        done(outcome)
      })
    },
    connections: () => connections,
    resent: () => resent,
    close: () => agent.destroy(),
  }
}

/** How one attempt ended; `stale`: a kept connection broke before any answer. */
type Attempt = Outcome & { stale?: boolean }

/** The time a request has, all attempts together. */
interface Timer {
  timeout: number
  /** Called when the time is over; the last one set. */
  onEnd: () => void
  stop(): void
}

function startTimer(timeout: number): Timer {
  const handle = setTimeout(() => timer.onEnd(), timeout)
  const timer: Timer = { timeout, onEnd: () => {}, stop: () => clearTimeout(handle) }
  return timer
}

/** Calls `done` when a request has ended. */
function follow(request: ClientRequest, entry: Entry, timer: Timer, done: (outcome: Attempt) => void): void {
  let finished = false
  let answered = false
  let bytes = 0
  const finish = (failure?: Failure, detail?: string, stale = false) => {
    if (finished) return
    finished = true
    if (failure && failure !== 'status' && failure !== 'type' && failure !== 'body') request.destroy()
    done({ bytes, ...(failure && { failure, detail }), ...(stale && { stale }) })
  }
  timer.onEnd = () => finish('timeout', `no whole answer in ${timer.timeout} ms`)
  request.on('error', (error: NodeJS.ErrnoException) => {
    const connected = request.reusedSocket || request.socket?.connecting === false
    const broken = error.code === undefined || /^(ECONNRESET|EPIPE|HPE_)/.test(error.code)
    const stale = request.reusedSocket && !answered && /^(ECONNRESET|EPIPE)$/.test(error.code ?? '')
    finish(connected && broken ? 'reset' : 'connect', error.code ?? error.message, stale)
  })
  request.on('response', response => {
    answered = true
    const chunks: Buffer[] = []
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes > LARGEST) finish('reset', `more than ${LARGEST} bytes`)
      else chunks.push(chunk)
    })
    response.on('error', (error: NodeJS.ErrnoException) => finish('reset', error.code ?? error.message))
    response.on('end', () => finish(...judge(response, Buffer.concat(chunks), entry)))
  })
}

function judge(response: IncomingMessage, body: Buffer, entry: Entry): [Failure?, string?] {
  const { status, type, body: check } = entry.expect
  if (response.statusCode !== status) return ['status', `expected ${status}, got ${response.statusCode}`]
  const got = (response.headers['content-type'] ?? 'none').split(';')[0].trim().toLowerCase()
  if (got !== type) return ['type', `expected ${type}, got ${got}`]
  const fault = checkBody(body, check)
  return fault === undefined ? [] : ['body', fault]
}

/** What is wrong with an answer's bytes; undefined if nothing is. */
export function checkBody(body: Buffer, check: BodyCheck): string | undefined {
  const { begins = '', ends = '', has = '', bytes = body.length, least = 0 } = check
  if (body.length !== bytes) return `expected ${bytes} bytes, got ${body.length}`
  if (body.length < least) return `expected at least ${least} bytes, got ${body.length}`
  if (body.toString('latin1', 0, begins.length) !== begins) return `expected it to begin ${quote(begins)}`
  if (body.toString('latin1', Math.max(0, body.length - ends.length)) !== ends)
    return `expected it to end ${quote(ends)}`
  if (has && !body.subarray(0, 4096).includes(has, 0, 'latin1'))
    return `expected ${quote(has)} in its first 4096 bytes`
  return undefined
}

const quote = (text: string) => JSON.stringify(text)
