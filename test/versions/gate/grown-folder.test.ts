import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encode } from 'fast-png'
import { afterAll, expect, test } from 'vitest'
import { ROOT } from '../../../edge/node/build.ts'
import { readChannel } from '../../../export/registry/channels.ts'
import { openFolder } from '../../../export/registry/stores/folder.ts'
import { readCard } from '../../../models/registry/version.ts'
import { blobs, SIDE } from './gate-fixture.ts'

const root = mkdtempSync(join(tmpdir(), 'grown-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

/** The first `count` blobs as PNGs in a folder for each class. */
function writeFolder(count: number): string {
  const pixels = blobs(count)
  for (let i = 0; i < count; i++) {
    const folder = join(root, 'blobs', ['left', 'middle', 'right'][i % 3])
    mkdirSync(folder, { recursive: true })
    const data = pixels.subarray(i * SIDE * SIDE, (i + 1) * SIDE * SIDE)
    writeFileSync(join(folder, `${i}.png`), encode({ width: SIDE, height: SIDE, channels: 1, data }))
  }
  return join(root, 'blobs')
}

/** `npm run retrain` from a folder to a bucket; what it printed. */
function retrain(data: string, ...more: string[]): string {
  const cli = join(ROOT, 'train/retrain/cli.ts')
  const [runs, zoo, target] = [join(root, 'runs'), join(root, 'zoo'), `dir:${join(root, 'bucket')}`]
  const args = ['--data', data, '--layers', '1', '--latent', '2', '--epochs', '100', '--batch', '20']
  const places = ['--runs', runs, '--zoo', zoo, '--target', target]
  return execFileSync(process.execPath, [cli, ...args, ...places, ...more], { encoding: 'utf8' })
}

test('one command takes a folder that grew from 300 to 330 images to a canary that keeps the old test images', async () => {
  mkdirSync(join(root, 'bucket'))
  const bucket = openFolder(join(root, 'bucket'))
  const id = 'blobs-vae-l1-z2'
  expect(retrain(writeFolder(300))).toContain(`the first version of ${id}: stable, not canary`)
  const before = (await readChannel(bucket, id)).channel!
  const printed = retrain(writeFolder(330), '--canary', '10', '--auto')
  const { channel } = await readChannel(bucket, id)
  expect(channel!.stable).toBe(before.stable)
  expect(channel!.canary).toMatchObject({ share: 10, auto: true })

  const [old, grown] = await Promise.all(
    [before.stable, channel!.canary!.version].map(version => readCard(bucket, id, version)),
  )
  const images = ({ train, test: tests }: { train: { images: number }; test: { images: number } }) =>
    train.images + tests.images
  expect([images(old!.dataset.identity!), images(grown!.dataset.identity!)]).toEqual([300, 330])
  // The gate measured both versions on the new test images and on the old ones.
  for (const { dataset } of [old!, grown!]) {
    expect(printed).toContain(`nats over ${dataset.identity!.test.images} images: expected at most 2% worse`)
  }
  expect(readFileSync(join(root, 'bucket', 'channels', `${id}.json`), 'utf8')).toContain(
    grown!.dataset.identity!.sha256,
  )
  // Nothing has changed since: the same command again trains nothing and changes nothing.
  expect(retrain(writeFolder(330), '--canary', '10', '--auto')).toContain('trained already: 100 epochs')
  expect((await readChannel(bucket, id)).channel).toEqual(channel)
})
