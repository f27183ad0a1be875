import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { RECIPE_GROUPS } from '../../../models/paper/recipe.ts'
import { searchRecipes } from './recipe-search.ts'

test('a trial that cannot be trained ends the search and the trials that run beside it', async () => {
  const root = mkdtempSync(join(tmpdir(), 'search-'))
  const out = join(root, 'runs')
  mkdirSync(out)
  // A file where the folder of the first trial should be.
  writeFileSync(join(out, 'mnist-ae-l1-z2-lr0.004-fold0-seed1'), '')
  const groups = (['ae', 'vae'] as const).map(
    kind =>
      RECIPE_GROUPS.find(group => group.dataset === 'mnist' && group.kind === kind && group.layers === 1)!,
  )
  const processes = () => process.getActiveResourcesInfo().filter(name => name === 'ProcessWrap').length
  const before = processes()
  const searching = searchRecipes(groups, {
    table: join(root, 'tables', 'search.json'),
    folders: { out, results: join(root, 'results') },
    workers: 2,
    signal: new AbortController().signal,
    onTrial: () => {},
  })
  await expect(searching).rejects.toThrow(/^mnist-ae-.*: E/)
  expect(existsSync(join(root, 'tables')), 'the folder of the table').toBe(true)
  // The handle of a process that has ended is closed at the end of the event loop's turn.
  await setImmediate()
  await setImmediate()
  expect(processes()).toBe(before)
  rmSync(root, { recursive: true })
})
