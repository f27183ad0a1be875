import { afterAll, expect, test } from 'vitest'
import { readChannel } from '../../../export/registry/channels.ts'
import { openGateFixture } from './gate-fixture.ts'
import { SAMPLE_FRAUDS } from './sample-frauds.ts'

const fixture = openGateFixture()
afterAll(() => fixture.close())

/** Forty seconds on a quiet machine. */
const TIMEOUT = 600_000

test('twenty retrainings that differ only in their seeds pass the gate, one after the other', {
  timeout: TIMEOUT,
}, async () => {
  const data = fixture.data(300)
  const { bucket, promote } = await fixture.deploy()
  const refused: string[] = []
  for (let seed = 1; seed <= 20; seed++) {
    const said = await promote(await fixture.model(data, `seed-${seed}`, { seed }))
    refused.push(...said.split('\n').filter(line => line !== ''))
  }
  expect(refused).toEqual([])
  expect((await readChannel(bucket, 'blobs-vae-l1-z2')).channel!.history.length).toBe(20)
})

test.each(SAMPLE_FRAUDS)('the gate refuses: $name', async ({ attempt, says }) => {
  expect(await attempt(fixture)).toMatch(says)
})
