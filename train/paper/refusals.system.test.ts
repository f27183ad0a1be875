import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { saveRun } from '../fit/run.ts'
import { finishedRun } from '../fit/testing/finished-run.ts'

const root = mkdtempSync(join(tmpdir(), 'refusals-'))
afterAll(() => rmSync(root, { recursive: true }))

/** What a command says that ends with 1. */
function refusal(...args: string[]): string {
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' })
  expect(status).toBe(1)
  return stderr
}

test.each([
  ['train/paper/replicate-cli.ts', 'mnist-vae-l2-z2', '--out: expected a folder without a run, got'],
  ['train/zoo/replicate-cli.ts', 'mnist-cvae-w512x320-z20-beta0.3', 'there is a run with other settings:'],
])('%s leaves another run alone', async (cli, id, says) => {
  const run = mkdtempSync(join(root, 'run-'))
  await saveRun(run, finishedRun('mnist-vae-l1-z2'))
  const before = readFileSync(join(run, 'run.json'), 'utf8')
  expect(refusal(cli, id, '--out', run)).toContain(says)
  expect(readdirSync(run)).toEqual(['run.json'])
  expect(readFileSync(join(run, 'run.json'), 'utf8')).toBe(before)
})

test('the figures of runs on all frames are kept where a folder has no such run', () => {
  const [runs, out] = [join(root, 'none'), join(root, 'all-frames.json')]
  mkdirSync(runs)
  writeFileSync(out, 'figures')
  expect(refusal('train/paper/all-frames-cli.ts', runs, '--out', out)).toContain('found none')
  expect(readFileSync(out, 'utf8')).toBe('figures')
})
