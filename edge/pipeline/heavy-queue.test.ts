import { setTimeout as sleep } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { takeTurns } from './heavy-queue.ts'

const client = { name: () => 'somebody', gone: () => false }

test('one piece of work at a time, each in the end', async () => {
  const turns = takeTurns()
  let working = 0
  let most = 0
  const work = async () => {
    most = Math.max(most, ++working)
    await sleep(3)
    return working--
  }
  await Promise.all(Array.from({ length: 20 }, () => turns(client, work)))
  expect(most).toBe(1)
})

test('nothing is done for a client that has gone meanwhile', async () => {
  const turns = takeTurns()
  let gone = false
  let done = 0
  const first = turns(client, () => sleep(20))
  const second = turns({ name: () => 'another', gone: () => gone }, async () => done++)
  gone = true
  await expect(second).rejects.toMatchObject({ code: 'client-gone' })
  await first
  expect(done).toBe(0)
})

test('who waits too long is told to come back, and work that failed holds nobody up', async () => {
  const turns = takeTurns(20)
  const long = turns(client, () => sleep(200))
  await expect(turns(client, async () => 1)).rejects.toMatchObject({
    code: 'busy',
    headers: { 'retry-after': '5' },
  })
  await long
  await expect(turns(client, () => Promise.reject(new Error('torn')))).rejects.toThrow('torn')
  expect(await turns(client, async () => 2)).toBe(2)
})
