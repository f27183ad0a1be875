import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, expect, test, vi } from 'vitest'
import { startDatabase } from './database.ts'

const root = mkdtempSync(join(tmpdir(), 'database-'))
// Root starts Postgres as another user.
chmodSync(root, 0o755)
afterAll(() => rmSync(root, { recursive: true }))
afterEach(() => vi.useRealTimers())

/** A data folder, and a folder of programs in which `postgres` is this shell script. */
function postgres(script: string): { data: string; programs: string } {
  const programs = mkdtempSync(join(root, 'p-'))
  chmodSync(programs, 0o755)
  writeFileSync(join(programs, 'postgres'), `#!/bin/sh\n${script}`, { mode: 0o755 })
  const data = join(programs, 'data')
  mkdirSync(data)
  chmodSync(data, 0o777)
  writeFileSync(join(data, 'PG_VERSION'), '')
  return { data, programs }
}

test('a server that ends at its start is reported at once, and nothing waits on', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const { data, programs } = postgres('echo "could not bind" >&2; exit 2')
  await expect(startDatabase(data, 1, programs)).rejects.toThrow(/ended with 2: could not bind$/)
  expect(vi.getTimerCount()).toBe(0)
})

test('a server that is not ready in time is stopped', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const { data, programs } = postgres('echo $$ > "$2"/pid; exec sleep 600')
  const starting = startDatabase(data, 1, programs)
  const refused = expect(starting).rejects.toThrow('not ready after 30 s')
  const pid = await vi.waitUntil(() => pidIn(join(data, 'pid')), { timeout: 60_000 })
  vi.advanceTimersByTime(30_000)
  await refused
  await expect.poll(() => isRunning(pid)).toBe(false)
})

test('the server is told to log in English', async () => {
  const { data, programs } = postgres(
    'case "$*" in *"-c lc_messages=C"*) echo "ready to accept connections" >&2; exec sleep 600;; esac',
  )
  const { stop } = await startDatabase(data, 1, programs)
  await stop()
})

/** The process id in a file; 0 while it is not written. */
function pidIn(path: string): number {
  try {
    return Number(readFileSync(path, 'utf8'))
  } catch {
    return 0
  }
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
