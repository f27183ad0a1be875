import { createConnection, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { bytesOf } from './read-answers.ts'
import { type Api, type RuntimeName, TRAINED } from './servers.ts'

const MODEL = `/v1/models/${TRAINED}`
const CLIENTS = 150

/** What must become of large answers that many ask for at once, and of those nobody waits for. */
export function heavyWorkSuite(apis: () => Record<RuntimeName, Api>): void {
  describe.each(['workerd', 'node'] as const)('large answers from %s', place => {
    const ask = (path: string) =>
      apis()[place].fetch(`${MODEL}/${path}`, { headers: { connection: 'close' } })

    test('are made for all who wait, as they are for one', async () => {
      const queries = Array.from({ length: 12 }, (_, i) => `grid?size=12&range=${2 + i / 10}&format=npy`)
      const together = await Promise.all(queries.map(async query => bytesOf(await ask(query))))
      expect(await bytesOf(await ask(`${queries[0]}&scale=1`))).toEqual(together[0])
      expect(new Set(together.map(bytes => Buffer.from(bytes).toString('base64'))).size).toBe(queries.length)
    })
    /** Asks for many large answers, leaves by `leave`, and returns how long another then waits for its own. */
    const waitAfter = async (from: number, leave: (socket: Socket) => void, path: string) => {
      const { hostname, port } = new URL(apis()[place].url)
      const sockets = Array.from({ length: CLIENTS }, (_, i) => {
        const socket = createConnection(Number(port), hostname).on('error', () => {})
        const query = `size=24&format=json&range=${from + i / 100}`
        socket.write(`GET ${MODEL}/grid?${query} HTTP/1.1\r\nHost: x\r\n\r\n`)
        return socket
      })
      await sleep(200)
      for (const socket of sockets) leave(socket)
      const left = performance.now()
      await bytesOf(await ask(path))
      return performance.now() - left
    }
    const timeOne = async () => {
      const from = performance.now()
      await bytesOf(await ask('grid?size=24&range=3.99&format=json'))
      return performance.now() - from
    }

    test('are not made for clients whose connections broke', async () => {
      const one = await timeOne()
      const wait = await waitAfter(4, socket => socket.resetAndDestroy(), 'grid?size=7&range=3.98')
      expect(wait).toBeLessThan((CLIENTS / 3) * one)
    })
    test('hold up nobody who asks for a small one, whoever left', async () => {
      const one = await timeOne()
      const wait = await waitAfter(6, socket => socket.destroy(), 'sample?n=2&seed=3&temperature=0.9')
      expect(wait).toBeLessThan((CLIENTS / 3) * one)
    })
  })
}
