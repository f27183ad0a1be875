import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { TestProject } from 'vitest/node'
import { withLock } from '../../export/files/lock.ts'

/** The variable that names the folder of a test run, for the processes that run its files. */
const VARIABLE = 'LATENT_EDGE_TEST_RUN'

/**
 * A folder whose content is made once in a test run, for all test files, which must not change it. The first to ask
 * makes it; the others wait for that. Outside a test run it is made for this process, and removed when that ends.
 *
 * @param make writes the content into the folder, which is empty
 * @throws Error where `make` throws, and where another process takes longer than a minute and a half
 */
export async function madeOnce(name: string, make: (folder: string) => Promise<void>): Promise<string> {
  const folder = path.join(runFolder(), name)
  const done = `${folder}.done`
  await withLock(`${folder}.lock`, async () => {
    if (existsSync(done)) return
    await rm(folder, { recursive: true, force: true })
    await mkdir(folder)
    await make(folder)
    await writeFile(done, '')
  })
  return folder
}

function runFolder(): string {
  process.env[VARIABLE] ??= openRunFolder()
  return process.env[VARIABLE]
}

function openRunFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'latent-edge-run-'))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Vitest's set-up of a run: opens its folder, and empties it where tests run again after a change of sources. */
export default function setup(project: TestProject): void {
  const folder = runFolder()
  project.onTestsRerun(async () => {
    for (const name of await readdir(folder)) await rm(path.join(folder, name), { recursive: true })
  })
}
