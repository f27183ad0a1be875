import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { rollBack } from '../../models/registry/channel.ts'
import { promoteVersion } from './promote.ts'
import { pushModel } from './push.ts'
import { readModelFolder } from './read-folder.ts'
import { openFolder } from './stores/folder.ts'

const root = mkdtempSync(join(tmpdir(), 'promote-'))
afterAll(() => rmSync(root, { recursive: true }))

/** A bucket with two versions of a model, of which the later is stable and the earlier its floor. */
async function openBucket() {
  const bucket = openFolder(root)
  const model = await readModelFolder('models/zoo/mnist-vae-l1-z2')
  const other = await readModelFolder('models/zoo/mnist-vae-l2-z2')
  const { id, version: earlier } = model.card
  const { version: later } = other.card
  await pushModel(bucket, model)
  await pushModel(bucket, { ...other, card: { ...other.card, id } })
  // By force, because the test images that the gate wants are not in the bucket.
  const promotion = { id, by: 'me', force: true }
  await promoteVersion(bucket, { ...promotion, version: earlier })
  await promoteVersion(bucket, { ...promotion, version: later })
  return { bucket, promotion: { ...promotion, version: later }, earlier }
}

test('a version that is stable already can be made the floor, once, and is still rolled back to the one before', async () => {
  const { bucket, promotion, earlier } = await openBucket()
  const { version } = promotion
  expect(await promoteVersion(bucket, promotion)).toMatchObject({
    changed: false,
    channel: { floor: earlier },
  })
  const set = await promoteVersion(bucket, { ...promotion, setFloor: true })
  expect(set).toMatchObject({ changed: true, channel: { stable: version, floor: version } })
  expect(rollBack(set.channel, { at: new Date().toISOString(), by: 'me' })?.stable).toBe(earlier)
  expect(await promoteVersion(bucket, { ...promotion, setFloor: true })).toMatchObject({ changed: false })
  await expect(promoteVersion(bucket, { ...promotion, setFloor: true, share: 10 })).rejects.toThrow(
    '--set-floor: expected a promotion to all traffic, got one with --canary',
  )
})
