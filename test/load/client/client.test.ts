import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { afterAll, expect, test } from 'vitest'
import { generateLoad } from '../generate/generator.ts'
import { checkBody } from './check-reply.ts'
import { openClient } from './client.ts'
import type { Outcome } from './outcome.ts'
import type { RequestKind } from './request-kind.ts'
import { resolveTarget } from './target.ts'

const servers: Server[] = []
const sockets = new Set<Socket>()
afterAll(() => {
  for (const server of servers) server.close()
  for (const socket of sockets) socket.destroy()
})

const kind: RequestKind = {
  name: 'it',
  weight: 1,
  method: 'GET',
  path: '/',
  expect: { status: 200, type: 'text/plain', body: { begins: 'ok' } },
}
const request = { method: 'GET', path: '/', headers: {} }

/** A server that replies with these bytes, and then ends, breaks or keeps the connection. */
async function listen(bytes: string, then: 'silence' | 'end' | 'break'): Promise<number> {
  const server = createServer(socket => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.once('data', () => {
      if (then === 'break') socket.write(bytes, () => socket.resetAndDestroy())
      else if (then === 'end') socket.end(bytes)
      else socket.write(bytes)
    })
  })
  return open(server)
}

async function open(server: Server): Promise<number> {
  servers.push(server)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

async function ask(port: number, timeout = 2000): Promise<Outcome> {
  const client = openClient(await resolveTarget(`http://127.0.0.1:${port}`), timeout)
  const outcome = await new Promise<Outcome>(resolve => client.send(kind, request, resolve))
  client.close()
  return outcome
}

const answer = (status: string, type: string, body: string, length = body.length) =>
  `HTTP/1.1 ${status}\r\ncontent-type: ${type}\r\ncontent-length: ${length}\r\n\r\n${body}`

test('openClient accepts a reply as expected, with any parameters and case of its content type', async () => {
  const port = await listen(answer('200 OK', 'Text/Plain; charset=utf-8', 'ok!'), 'silence')
  expect(await ask(port)).toEqual({ bytes: 3 })
})

test.each([
  ['silence', '', 'silence', 'timeout', 'no complete reply in 300 ms'],
  ['half an answer', answer('200 OK', 'text/plain', 'ok', 9), 'silence', 'timeout', 'no complete reply'],
  ['a connection ended half-way', answer('200 OK', 'text/plain', 'ok', 9), 'end', 'reset', ''],
  ['a connection broken half-way', answer('200 OK', 'text/plain', 'ok', 9), 'break', 'reset', 'ECONNRESET'],
  ['a connection broken at once', '', 'break', 'reset', 'ECONNRESET'],
  ['what is not HTTP', 'hello\r\n\r\n', 'end', 'reset', 'does not match the HTTP/1.1 protocol'],
  ['another status', answer('503 Busy', 'text/plain', 'ok'), 'silence', 'status', 'expected 200, got 503'],
  [
    'another type',
    answer('200 OK', 'text/html', 'ok'),
    'silence',
    'type',
    'expected text/plain, got text/html',
  ],
  [
    'another body',
    answer('200 OK', 'text/plain', 'no'),
    'silence',
    'body',
    'expected the body to begin with "ok"',
  ],
] as const)('openClient reports the failure of %s', async (_, bytes, then, failure, detail) => {
  const outcome = await ask(await listen(bytes, then), 300)
  expect(outcome).toMatchObject({ failure, detail: expect.stringContaining(detail) })
})

test('openClient reports a closed port as the failure connect', async () => {
  const server = createServer()
  const port = await open(server)
  await new Promise(resolve => server.close(resolve))
  expect(await ask(port)).toEqual({ failure: 'connect', detail: 'ECONNREFUSED', bytes: 0 })
})

test('openClient sends a GET again, once, when a kept connection broke before any reply', async () => {
  let heard = 0
  // Each connection replies once and breaks at its second request; the fourth replies to nothing.
  const server = createServer(socket => {
    let requests = 0
    socket.on('error', () => {})
    socket.on('data', () => {
      heard++
      if (requests++ === 0 && heard < 7) socket.write(answer('200 OK', 'text/plain', 'ok'))
      else socket.resetAndDestroy()
    })
  })
  const client = openClient(await resolveTarget(`http://127.0.0.1:${await open(server)}`), 2000)
  const send = (method: string) =>
    new Promise<Outcome>(resolve => client.send(kind, { ...request, method }, resolve))
  expect(await send('GET')).toEqual({ bytes: 2 })
  expect(await send('GET')).toEqual({ bytes: 2 })
  expect([heard, client.resent(), client.connections()]).toEqual([3, 1, 2])
  expect(await send('GET')).toEqual({ bytes: 2 })
  // A POST may have had its effect, and is not repeated.
  expect(await send('POST')).toMatchObject({ failure: 'reset' })
  expect(await send('GET')).toMatchObject({ failure: 'reset' })
  expect([heard, client.resent()]).toEqual([7, 2])
  client.close()
})

test('openClient takes a redirect for an unexpected status and does not follow it', async () => {
  let asked = 0
  const elsewhere = await open(createHttpServer(() => asked++))
  const port = await listen(
    `HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:${elsewhere}/\r\ncontent-length: 0\r\n\r\n`,
    'silence',
  )
  expect(await ask(port)).toMatchObject({ failure: 'status', detail: 'expected 200, got 302' })
  expect(asked).toBe(0)
})

test('checkBody checks both ends, a part and the length of a body', () => {
  const body = Buffer.from('<abc>')
  expect(checkBody(body, { begins: '<', ends: '>', has: 'b', bytes: 5, least: 5 })).toBe(undefined)
  expect(checkBody(body, { ends: ')' })).toBe('expected the body to end with ")"')
  expect(checkBody(body, { has: 'd' })).toBe('expected "d" in the first 65536 bytes')
  expect(checkBody(body, { bytes: 4 })).toBe('expected 4 bytes, got 5')
  expect(checkBody(body, { least: 6 })).toBe('expected at least 6 bytes, got 5')
  expect(checkBody(Buffer.of(), { begins: 'a' })).toBe('expected the body to begin with "a"')
})

test('generateLoad counts arrivals beyond the limit in flight as unsent, and keeps the records of an ended run', async () => {
  const port = await listen('', 'silence')
  const client = openClient(await resolveTarget(`http://127.0.0.1:${port}`), 5000)
  const times = Float64Array.from({ length: 1000 }, (_, i) => i)
  const stop = new AbortController()
  setTimeout(() => stop.abort(), 100)
  const records = await generateLoad({
    arrivals: { times, kinds: new Uint8Array(1000) },
    mix: { name: 'test', kinds: [kind], values: {} },
    seed: 1,
    drawLabels: [],
    zero: performance.now() + 20,
    client,
    maxInFlight: 3,
    signal: stop.signal,
  })
  expect(records.count).toBeGreaterThan(3)
  expect(records.count).toBeLessThan(1000)
  // The first three wait for an answer until the end; the others were never sent.
  expect([...records.ended.subarray(0, 3)]).toEqual([Number.NaN, Number.NaN, Number.NaN])
  expect(records.ended.subarray(3, records.count).every(time => time >= 0)).toBe(true)
  expect([...records.details]).toEqual([['it: unsent', '3 requests were in flight']])
  client.close()
})
