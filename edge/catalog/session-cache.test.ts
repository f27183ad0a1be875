import { expect, test } from 'vitest'
import type { Session } from '../platform.ts'
import { sessionCache } from './session-cache.ts'

/** Sessions that record when they are released. */
function recordingSessions() {
  const released: string[] = []
  let opened = 0
  const open = (key: string) => async (): Promise<Session> => {
    opened++
    return {
      run: async () => ({}),
      release: async () => {
        released.push(key)
      },
    }
  }
  return { released, opened: () => opened, open }
}
const nothing = async () => {}

test('a session cache keeps sessions up to its capacity and releases the least recently used', async () => {
  const { released, opened, open } = recordingSessions()
  const sessions = sessionCache(100, () => {})
  for (const key of ['a', 'b', 'a', 'c']) await sessions.use(key, 40, open(key), nothing)
  expect(released).toEqual(['b'])
  await sessions.use('a', 40, open('a'), nothing)
  expect(opened()).toBe(3)
})

test('a session is opened once for concurrent requests and not released while in use', async () => {
  const { released, opened, open } = recordingSessions()
  const sessions = sessionCache(50, () => {})
  let finish = () => {}
  const long = new Promise<void>(resolve => (finish = resolve))
  const users = [1, 2, 3].map(() => sessions.use('a', 40, open('a'), () => long))
  await sessions.use('b', 40, open('b'), nothing)
  expect([opened(), released]).toEqual([2, []])
  finish()
  await Promise.all(users)
  expect(released).toEqual(['a'])
})

test('a session that failed to open is forgotten, and one larger than the capacity works', async () => {
  const { opened, open } = recordingSessions()
  const sessions = sessionCache(50, () => {})
  const broken = () => Promise.reject(new Error('torn'))
  await expect(sessions.use('a', 10, broken, nothing)).rejects.toThrow('torn')
  await sessions.use('a', 400, open('a'), nothing)
  await sessions.use('a', 400, open('a'), nothing)
  expect(opened()).toBe(1)
})

test('the opening of a session is kept alive beyond its request', async () => {
  const kept: Promise<unknown>[] = []
  const { open } = recordingSessions()
  await sessionCache(50, work => kept.push(work)).use('a', 10, open('a'), nothing)
  expect(kept).toHaveLength(1)
})
