import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { afterAll, expect, test } from 'vitest'
import { checkBody, type Outcome, openClient } from './client.ts'
import { drive } from './generator.ts'
import type { Entry } from './mix.ts'
import { resolveTarget } from './target.ts'

const servers: Server[] = []
const sockets = new Set<Socket>()
afterAll(() => {
  for (const server of servers) server.close()
  for (const socket of sockets) socket.destroy()
})

const entry: Entry = {
  name: 'it',
  weight: 1,
  method: 'GET',
  path: '/',
  expect: { status: 200, type: 'text/plain', body: { begins: 'ok' } },
}

/** A server that writes just these bytes to whoever asks, and then ends the connection or keeps silent. */
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
  const client = openClient(await resolveTarget(`http://127.0.0.1:${port}`), timeout, Buffer.of())
  const outcome = await new Promise<Outcome>(resolve => client.send(entry, '/', resolve))
  client.close()
  return outcome
}

const answer = (status: string, type: string, body: string, length = body.length) =>
  `HTTP/1.1 ${status}\r\ncontent-type: ${type}\r\ncontent-length: ${length}\r\n\r\n${body}`

test('an answer as expected is no failure, whatever the parameters and case of its type', async () => {
  const port = await listen(answer('200 OK', 'Text/Plain; charset=utf-8', 'ok!'), 'silence')
  expect(await ask(port)).toEqual({ bytes: 3 })
})

test.each([
  ['silence', '', 'silence', 'timeout', 'no whole answer in 300 ms'],
  ['half an answer', answer('200 OK', 'text/plain', 'ok', 9), 'silence', 'timeout', 'no whole answer'],
  ['a connection ended half-way', answer('200 OK', 'text/plain', 'ok', 9), 'end', 'reset', ''],
  ['a connection broken half-way', answer('200 OK', 'text/plain', 'ok', 9), 'break', 'reset', 'ECONNRESET'],
  ['a connection broken at once', '', 'break', 'reset', 'ECONNRESET'],
  ['what is not HTTP', 'hello\r\n\r\n', 'end', 'reset', 'HPE_'],
  ['another status', answer('503 Busy', 'text/plain', 'ok'), 'silence', 'status', 'expected 200, got 503'],
  [
    'another type',
    answer('200 OK', 'text/html', 'ok'),
    'silence',
    'type',
    'expected text/plain, got text/html',
  ],
  ['another body', answer('200 OK', 'text/plain', 'no'), 'silence', 'body', 'expected it to begin "ok"'],
] as const)('%s', async (_, bytes, then, failure, detail) => {
  const outcome = await ask(await listen(bytes, then), 300)
  expect(outcome).toMatchObject({ failure, detail: expect.stringContaining(detail) })
})

test('a port where nothing listens', async () => {
  const server = createServer()
  const port = await open(server)
  await new Promise(resolve => server.close(resolve))
  expect(await ask(port)).toEqual({ failure: 'connect', detail: 'ECONNREFUSED', bytes: 0 })
})

test('a GET is asked again, once, when a kept connection broke before any answer', async () => {
  let heard = 0
  // Answers the first request of a connection and breaks at the second; the third connection answers nothing.
  const server = createServer(socket => {
    let requests = 0
    socket.on('error', () => {})
    socket.on('data', () => {
      heard++
      if (requests++ === 0 && heard < 5) socket.write(answer('200 OK', 'text/plain', 'ok'))
      else socket.resetAndDestroy()
    })
  })
  const client = openClient(await resolveTarget(`http://127.0.0.1:${await open(server)}`), 2000, Buffer.of())
  const send = (asked: Entry) => new Promise<Outcome>(resolve => client.send(asked, '/', resolve))
  expect(await send(entry)).toEqual({ bytes: 2 })
  expect(await send(entry)).toEqual({ bytes: 2 })
  expect([heard, client.resent(), client.connections()]).toEqual([3, 1, 2])
  expect(await send(entry)).toEqual({ bytes: 2 })
  // A POST may have had its effect, and is not repeated.
  expect(await send({ ...entry, method: 'POST' })).toMatchObject({ failure: 'reset' })
  expect(await send(entry)).toMatchObject({ failure: 'reset' })
  expect([heard, client.resent()]).toEqual([6, 1])
  client.close()
})

test('a redirect is an unexpected status, and is not followed', async () => {
  let asked = 0
  const elsewhere = await open(createHttpServer(() => asked++))
  const port = await listen(
    `HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:${elsewhere}/\r\ncontent-length: 0\r\n\r\n`,
    'silence',
  )
  expect(await ask(port)).toMatchObject({ failure: 'status', detail: 'expected 200, got 302' })
  expect(asked).toBe(0)
})

test('a body is checked at both ends, within, and in length', () => {
  const body = Buffer.from('<abc>')
  expect(checkBody(body, { begins: '<', ends: '>', has: 'b', bytes: 5, least: 5 })).toBe(undefined)
  expect(checkBody(body, { ends: ')' })).toBe('expected it to end ")"')
  expect(checkBody(body, { has: 'd' })).toBe('expected "d" in its first 4096 bytes')
  expect(checkBody(body, { bytes: 4 })).toBe('expected 4 bytes, got 5')
  expect(checkBody(body, { least: 6 })).toBe('expected at least 6 bytes, got 5')
  expect(checkBody(Buffer.of(), { begins: 'a' })).toBe('expected it to begin "a"')
})

test('arrivals that find too many in flight are counted as not sent; an ended run keeps what it has', async () => {
  const port = await listen('', 'silence')
  const client = openClient(await resolveTarget(`http://127.0.0.1:${port}`), 5000, Buffer.of())
  const times = Float64Array.from({ length: 1000 }, (_, i) => i)
  const stop = new AbortController()
  setTimeout(() => stop.abort(), 100)
  const records = await drive({
    plan: { times, entries: new Uint8Array(1000) },
    mix: [entry],
    model: 'none',
    seed: 1,
    occasion: '',
    client,
    maxInFlight: 3,
    signal: stop.signal,
  })
  expect(records.count).toBeGreaterThan(3)
  expect(records.count).toBeLessThan(1000)
  // The first three wait for an answer to the end; the others were never sent.
  expect([...records.ended.subarray(0, 3)]).toEqual([Number.NaN, Number.NaN, Number.NaN])
  expect(records.ended.subarray(3, records.count).every(time => time >= 0)).toBe(true)
  expect([...records.details]).toEqual([['it: unsent', '3 were in flight']])
  client.close()
})
