import { afterAll, expect, test } from 'vitest'
import { readChannel } from '../../../export/registry/channels.ts'
import { readModelFolder } from '../../../export/registry/read-folder.ts'
import { testSetKey } from '../../../models/registry/keys.ts'
import { FRAUDS } from './frauds.ts'
import { openGateFixture } from './gate-fixture.ts'
import { HONEST } from './honest.ts'
import { REGRESSIONS } from './regressions.ts'

const fixture = openGateFixture()
afterAll(() => fixture.close())

test.each([...FRAUDS, ...REGRESSIONS])('the gate refuses: $name', async ({ attempt, says }) => {
  expect(await attempt(fixture)).toMatch(says)
})

test.each(HONEST)('the gate accepts: $name', async ({ attempt }) => {
  expect(await attempt(fixture)).toBe('')
})

test('a promotion records who made it, and commit and data of the version', async () => {
  const folder = await fixture.model(fixture.data(300), 'good')
  const { card } = await readModelFolder(folder)
  const { bucket } = await fixture.deploy(folder)
  const { channel } = await readChannel(bucket, card.id)
  expect(channel!.history[0]).toMatchObject({
    by: 'test',
    commit: expect.stringMatching(/^[0-9a-f]{40}/),
    data: card.dataset.identity!.sha256,
  })
})

test('test images in the bucket that were changed are an error that names their hashes', async () => {
  const folder = await fixture.model(fixture.data(300), 'good')
  const { bucket, promote } = await fixture.deploy(folder)
  const { card } = await readModelFolder(folder)
  const key = testSetKey(card.dataset.identity!.test.sha256)
  const { bytes } = (await bucket.get(key))!
  await bucket.put(
    key,
    bytes.map((byte, i) => (i === bytes.length - 1 ? byte ^ 1 : byte)),
  )
  const other = await fixture.model(fixture.data(300), 'other', { seed: 5 })
  await expect(promote(other)).rejects.toThrow(
    /expected test images with SHA-256 [0-9a-f]{64}, got [0-9a-f]{64}/,
  )
})
