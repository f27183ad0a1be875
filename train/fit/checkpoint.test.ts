import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { SELF_TEST_TASK } from '../engines/self-test.ts'
import { initialState } from '../step/state.ts'
import { loadCheckpoint, saveCheckpoint } from './checkpoint.ts'
import { runFiles } from './run.ts'

const root = mkdtempSync(join(tmpdir(), 'checkpoint-'))
afterAll(() => rmSync(root, { recursive: true }))

const state = initialState({ ...SELF_TEST_TASK, seed: 1 })

test('while a checkpoint is written, both names refer to a checkpoint, each to its own', async () => {
  const files = runFiles(root)
  const save = (epoch: number) => saveCheckpoint(files, SELF_TEST_TASK, { epoch, state, best: null })
  const fileAt = (path: string) => statSync(path, { throwIfNoEntry: false })?.ino
  await save(0)
  expect(fileAt(files.previousCheckpoint)).toBeUndefined()
  await save(1)
  const lacking: string[] = []
  for (let epoch = 2; epoch <= 40; epoch++) {
    let isWritten = false
    const saving = save(epoch).finally(() => {
      isWritten = true
    })
    while (!isWritten) {
      const [last, before] = [fileAt(files.checkpoint), fileAt(files.previousCheckpoint)]
      if (!last || !before || last === before) lacking.push(`epoch ${epoch}: ${last} ${before}`)
      await nextTurn()
    }
    await saving
  }
  expect(lacking).toEqual([])
  expect((await loadCheckpoint(files, SELF_TEST_TASK)).epoch).toBe(40)
  const previous = { ...files, checkpoint: files.previousCheckpoint }
  expect((await loadCheckpoint(previous, SELF_TEST_TASK)).epoch).toBe(39)
})
