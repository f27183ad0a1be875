import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadDataset } from '../../train/data/load-dataset.ts'
import { configure } from '../../train/fit/choices.ts'
import { fitModel } from '../../train/fit/fit.ts'
import { runFiles } from '../../train/fit/run.ts'
import { defaultChoices } from '../../train/fit/run-options.ts'
import { type CheckpointStore, openCheckpointStore } from '../../train/sweep/queue/checkpoint-store.ts'
import { type S3, startS3 } from '../versions/buckets.ts'
import { writeSpots } from './fixture.ts'

const root = mkdtempSync(join(tmpdir(), 'checkpoints-'))
const VARIABLES = ['R2_ENDPOINT', 'R2_ACCESS_KEY_ID', 'R2_SECRET_ACCESS_KEY'] as const
let s3: S3
beforeAll(async () => {
  s3 = await startS3(join(root, 's3'))
  const { endpoint, accessKeyId, secretAccessKey } = s3.account
  for (const [i, value] of [endpoint, accessKeyId, secretAccessKey].entries())
    process.env[VARIABLES[i]] = value
})
afterAll(async () => {
  for (const name of VARIABLES) delete process.env[name]
  await s3.stop()
  rmSync(root, { recursive: true })
})

test.each(['s3', 'folder'])(
  'a run resumed from a %s on another machine ends with the same weights',
  async kind => {
    const store: CheckpointStore = openCheckpointStore(
      kind === 's3' ? `s3://${s3.account.bucket}/some/prefix` : join(root, 'store'),
    )
    const name = writeSpots(join(root, 'spots'))
    const dataset = await loadDataset(name, { split: 'shuffled', splitSeed: 0 })
    const choices = {
      ...defaultChoices(),
      data: name,
      kind: 'vae' as const,
      layers: 1,
      latent: 2,
      epochs: 6,
      folds: 3,
    }
    const configuration = configure(null, choices, { name: dataset.name, height: 6, width: 6 })
    const [here, there, whole] = ['here', 'there', 'whole'].map(each => join(root, `${kind}-${each}`))
    expect(await store.restore('run', there)).toBe(null)
    await store.save('run', here)
    const stop = new AbortController()
    await fitModel({
      configuration,
      dataset,
      directory: here,
      resume: false,
      signal: stop.signal,
      onEpoch: ({ epoch }) => epoch === 3 && stop.abort(),
    })
    await store.save('run', here)
    expect(await store.restore('run', there)).toBe(3)
    const resumed = await fitModel({ configuration, dataset, directory: there, resume: true })
    const uninterrupted = await fitModel({ configuration, dataset, directory: whole, resume: false })
    expect(resumed).toMatchObject({ status: 'finished', epochs: 6, weights: uninterrupted.weights })
    // A checkpoint that is later here than in the store is kept.
    const before = readFileSync(runFiles(there).checkpoint)
    expect(await store.restore('run', there)).toBe(6)
    expect(readFileSync(runFiles(there).checkpoint)).toEqual(before)
    await store.remove('run')
    expect(await store.restore('run', join(root, `${kind}-none`))).toBe(null)
  },
)

test('a store that does not answer, and a damaged checkpoint, are reported as errors', async () => {
  process.env.R2_ENDPOINT = 'http://127.0.0.1:1'
  const store = openCheckpointStore('s3://bucket')
  await expect(store.restore('run', root)).rejects.toThrow('no answer')
  process.env.R2_ENDPOINT = s3.account.endpoint
  const folder = join(root, 'damaged')
  const damaged = openCheckpointStore(folder)
  await damaged.save('run', join(root, 'folder-whole'))
  const path = join(folder, 'checkpoints', 'run')
  writeFileSync(path, readFileSync(path).subarray(0, 500))
  await expect(damaged.restore('run', join(root, 'target'))).rejects.toThrow(
    /expected \d+ bytes of state.safetensors/,
  )
})
