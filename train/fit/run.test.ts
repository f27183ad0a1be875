import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { formatEpoch } from '../step/run/format-run.ts'
import { loadEpochs, runFiles } from './run.ts'

const root = mkdtempSync(join(tmpdir(), 'run-'))
afterAll(() => rmSync(root, { recursive: true }))

/** A run directory with this metrics.jsonl. */
function runWith(metrics: string): string {
  const directory = mkdtempSync(join(root, 'r-'))
  writeFileSync(runFiles(directory).metrics, metrics)
  return directory
}

const record = (epoch: number) => ({
  epoch,
  seconds: 1,
  learningRate: 0.001,
  beta: 1,
  train: { loss: 3, reconstruction: 2, kl: 1 },
  validation: { loss: 3, bce: 0.1, mse: 0.01, l1: 0.1, kl: 1, activeUnits: 2 },
})

test('loadEpochs drops epochs after the checkpoint and a last line that was cut off anywhere', async () => {
  const whole = [1, 2].map(epoch => formatEpoch(record(epoch))).join('')
  const third = formatEpoch(record(3))
  for (let length = 0; length <= third.length; length++) {
    const directory = runWith(whole + third.slice(0, length))
    expect(await loadEpochs(directory, 2)).toEqual([record(1), record(2)])
  }
  expect(await loadEpochs(runWith(whole), 1)).toEqual([record(1)])
})

test('loadEpochs names a file that is damaged or cannot be read; a missing one has no epochs', async () => {
  const damaged = runWith(`${formatEpoch(record(1))}{"epoch":2}\n`)
  await expect(loadEpochs(damaged, 2)).rejects.toThrow("metrics.jsonl, line 2 is not an epoch's record")
  const missing = mkdtempSync(join(root, 'r-'))
  expect(await loadEpochs(missing, 2)).toEqual([])
  mkdirSync(runFiles(missing).metrics)
  await expect(loadEpochs(missing, 2)).rejects.toThrow('EISDIR')
})
