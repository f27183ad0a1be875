import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { heavyQueue } from './heavy-queue.ts'

const clientAt = (address: string) => ({ address: () => address, hasHungUp: () => false })
const client = clientAt('a')

test('heavy work runs one piece at a time, and all of it', async () => {
  const queue = heavyQueue()
  let working = 0
  let most = 0
  const work = async () => {
    most = Math.max(most, ++working)
    await sleep(3)
    return working--
  }
  await Promise.all(Array.from({ length: 20 }, () => queue.run(client, work)))
  expect(most).toBe(1)
})

test('a request whose client has disconnected is not run', async () => {
  const queue = heavyQueue()
  let gone = false
  let done = 0
  const first = queue.run(client, () => sleep(20))
  const second = queue.run({ address: () => 'b', hasHungUp: () => gone }, async () => done++)
  gone = true
  await expect(second).rejects.toMatchObject({ code: 'client-gone' })
  await first
  expect(done).toBe(0)
})

test('a request that waits longer than the timeout is refused, and failed work frees its turn', async () => {
  const queue = heavyQueue(20)
  const long = queue.run(client, () => sleep(200))
  await expect(queue.run(client, async () => 1)).rejects.toMatchObject({
    code: 'busy',
    headers: { 'retry-after': '5' },
  })
  await long
  await expect(queue.run(client, () => Promise.reject(new Error('torn')))).rejects.toThrow('torn')
  expect(await queue.run(client, async () => 2)).toBe(2)
})

test('clients take turns: one with many requests delays another by one of them', async () => {
  const queue = heavyQueue()
  const order: string[] = []
  const ask = (address: string) =>
    queue.run(clientAt(address), async () => {
      order.push(address)
      await sleep(5)
    })
  const greedy = Array.from({ length: 10 }, () => ask('greedy'))
  await sleep(25)
  const others = [ask('b'), ask('c')]
  await Promise.all([...greedy, ...others])
  const started = order.indexOf('greedy')
  const gap = (address: string) => order.slice(started, order.indexOf(address)).length
  // Requests of the greedy client that ran before the others arrived are not counted: at most two more ran before each.
  const before = order.slice(0, Math.min(gap('b'), gap('c'))).length
  expect(Math.max(gap('b'), gap('c')) - before).toBeLessThanOrEqual(2)
  expect(order.slice(-3)).toEqual(['greedy', 'greedy', 'greedy'])
})

test('requests of one client run in the order in which they came', async () => {
  const queue = heavyQueue()
  const order: number[] = []
  await Promise.all(
    [0, 1, 2, 3].map(i =>
      queue.run(client, async () => {
        order.push(i)
      }),
    ),
  )
  expect(order).toEqual([0, 1, 2, 3])
})
