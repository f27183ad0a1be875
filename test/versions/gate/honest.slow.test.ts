import { afterAll, expect, test, vi } from 'vitest'
import { readChannel } from '../../../export/registry/channels.ts'
import { openGround } from './ground.ts'

const ground = openGround()
afterAll(() => ground.close())

test('twenty retrainings that differ only in their seeds pass the gate, one after the other', async () => {
  vi.spyOn(console, 'log').mockImplementation(() => {})
  const data = ground.data(300)
  const refused: string[] = []
  for (let seed = 1; seed <= 20; seed++) {
    const folder = await ground.model(data, `seed-${seed}`, { seed })
    refused.push(...(await ground.promote(folder)).split('\n').filter(line => line !== ''))
  }
  expect(refused).toEqual([])
  expect((await readChannel(ground.bucket, 'blobs-vae-l1-z2')).channel!.history.length).toBe(20)
})
