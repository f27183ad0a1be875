import { createConnection, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { bytesOf } from './read-answers.ts'
import { type Api, type RuntimeName, TRAINED } from './servers.ts'

const MODEL = `/v1/models/${TRAINED}`
const CLIENTS = 40

/** Large answers to many clients at once, some of which close their connections. */
export function heavyWorkSuite(apis: () => Record<RuntimeName, Api>): void {
  describe.each(['workerd', 'node'] as const)('large answers from %s', name => {
    const ask = (path: string) => apis()[name].fetch(`${MODEL}/${path}`, { headers: { connection: 'close' } })
    /** Asks for a large answer; resolves when the connection closes. */
    const askLarge = (range: number) => {
      const { hostname, port } = new URL(apis()[name].url)
      const socket = createConnection(Number(port), hostname).on('error', () => {})
      socket.write(
        `GET ${MODEL}/grid?size=24&format=json&range=${range} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
      )
      socket.resume()
      return { socket, closed: new Promise<void>(resolve => socket.on('close', () => resolve())) }
    }
    /** Many clients ask for large answers and leave; returns once one of those who stay has its answer. */
    const leave = async (from: number, close: (socket: Socket) => void) => {
      const clients = Array.from({ length: CLIENTS }, (_, i) => askLarge(from + i / 1000))
      const staying = Array.from({ length: 8 }, (_, i) => askLarge(from + 1 + i / 1000))
      await sleep(100)
      for (const { socket } of clients) close(socket)
      return staying
    }

    test('large answers are complete for all concurrent clients, as for a single one', async () => {
      const queries = Array.from({ length: 12 }, (_, i) => `grid?size=12&range=${2 + i / 10}&format=npy`)
      const together = await Promise.all(queries.map(async query => bytesOf(await ask(query))))
      expect(await bytesOf(await ask(`${queries[0]}&scale=1`))).toEqual(together[0])
      expect(new Set(together.map(bytes => Buffer.from(bytes).toString('base64'))).size).toBe(queries.length)
    })
    test('large answers do not delay a small response until all of them are complete', async () => {
      const staying = await leave(6, socket => socket.destroy())
      let finished = 0
      for (const { closed } of staying) void closed.then(() => finished++)
      await bytesOf(await ask('sample?n=2&seed=3&temperature=0.9'))
      expect(finished).toBeLessThan(staying.length)
      await Promise.all(staying.map(({ closed }) => closed))
    })
    test('large answers are complete for the remaining clients after other connections broke', async () => {
      const staying = await leave(4, socket => socket.resetAndDestroy())
      await Promise.all(staying.map(({ closed }) => closed))
      await bytesOf(await ask('grid?size=7&range=3.98'))
    })
  })
}
