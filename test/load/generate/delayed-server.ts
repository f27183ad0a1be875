import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/**
 * A server of known delays, run as a process of its own: GET /20 is answered 20 ms after its arrival. The message
 * { stall: { at, ms } } blocks the whole process for so long, beginning at a time of the system's monotonic clock (ms).
 */
const clock = () => Number(process.hrtime.bigint()) / 1e6

/** Calls back at a time of the clock, accurate to some microseconds; a timer could be a millisecond late. */
function callAt(time: number, action: () => void): void {
  const left = time - clock()
  if (left <= 0) action()
  else if (left < 2) setImmediate(callAt, time, action)
  else setTimeout(callAt, left - 2, time, action)
}

const server = createServer((request, response) => {
  const came = clock()
  callAt(came + Number(request.url?.slice(1)), () => {
    response.writeHead(200, { 'content-type': 'text/plain', 'content-length': 2 }).end('ok')
  })
})

process.on('message', ({ stall: { at, ms } }: { stall: { at: number; ms: number } }) => {
  callAt(at, () => {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, at + ms - clock())
  })
})
process.on('disconnect', () => process.exit())
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as AddressInfo).port }))
