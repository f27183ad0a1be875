import net from 'node:net'

/** A request that is sent repeatedly. */
export interface LoopRequest {
  /** Path of the next request; different at each call if responses must not come from a cache. */
  path: () => string
  /** PNG body, sent with POST. */
  body?: Buffer
}

/** Stop condition: a number of requests or a number of milliseconds. */
export type StopCondition = { amount: number } | { milliseconds: number }

/** Result: latency of each request and total time, both in milliseconds. */
export interface LoopResult {
  latencies: number[]
  milliseconds: number
}

/**
 * Sends requests over several connections without pause. Reads only the status and the length of a response: a client that
 * parses headers and decodes bodies needs more time per response than the server, and would limit the measured rate.
 *
 * @param connections number of persistent connections, each with one request at a time
 * @throws Error for a response with a status other than 200 or without Content-Length
 */
export function sendClosedLoop(
  url: string,
  what: LoopRequest,
  connections: number,
  until: StopCondition,
): Promise<LoopResult> {
  const { hostname, port } = new URL(url)
  const from = performance.now()
  const deadline = 'milliseconds' in until ? from + until.milliseconds : Number.POSITIVE_INFINITY
  let left = 'amount' in until ? until.amount : Number.POSITIVE_INFINITY
  const latencies: number[] = []
  return new Promise((resolve, reject) => {
    let open = connections
    for (let i = 0; i < connections; i++) {
      const socket = net.connect(Number(port), hostname)
      socket.setNoDelay(true)
      socket.on('error', reject)
      let sent = 0
      const next = () => {
        sent = performance.now()
        if (left-- > 0 && sent < deadline) return send(socket, what)
        socket.destroy()
        if (--open === 0) resolve({ latencies, milliseconds: performance.now() - from })
      }
      socket.on('connect', next)
      socket.on(
        'data',
        reader(reject, () => {
          latencies.push(performance.now() - sent)
          next()
        }),
      )
    }
  })
}

function send(socket: net.Socket, { path, body }: LoopRequest): void {
  if (!body) {
    socket.write(`GET ${path()} HTTP/1.1\r\nHost: bench\r\n\r\n`)
    return
  }
  const head = `POST ${path()} HTTP/1.1\r\nHost: bench\r\nContent-Type: image/png\r\nContent-Length: ${body.length}\r\n\r\n`
  socket.write(Buffer.concat([Buffer.from(head), body]))
}

/** Counts the bytes of a response and reports when it is complete. */
function reader(fail: (error: Error) => void, done: () => void): (chunk: Buffer) => void {
  let begun: Buffer | undefined
  let missing = 0
  return chunk => {
    if (missing === 0) {
      const bytes = begun ? Buffer.concat([begun, chunk]) : chunk
      const end = bytes.indexOf('\r\n\r\n')
      begun = end < 0 ? bytes : undefined
      if (end < 0) return
      const head = bytes.toString('latin1', 0, end)
      const length = /\r\ncontent-length: *(\d+)/i.exec(head)
      if (!length || !head.startsWith('HTTP/1.1 200 ')) return fail(new Error(`expected 200, got ${head}`))
      missing = end + 4 + Number(length[1]) - bytes.length
    } else missing -= chunk.length
    if (missing === 0) done()
  }
}
