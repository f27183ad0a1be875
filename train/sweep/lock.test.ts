import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { type Holder, lockHolder, takeLock } from './lock.ts'

const root = mkdtempSync(join(tmpdir(), 'lock-'))
afterAll(() => rmSync(root, { recursive: true }))

const isTaken = (lock: Awaited<ReturnType<typeof takeLock>>) => typeof lock === 'function'

/** The pid of a process that has ended. */
async function deadPid(): Promise<number> {
  const child = spawn(process.execPath, ['-e', ''])
  await new Promise(resolve => child.on('exit', resolve))
  return child.pid!
}

function write(name: string, holder: Partial<Holder>): string {
  const path = join(root, name)
  const whole = { pid: process.pid, host: hostname(), started: null, token: 'another', ...holder }
  writeFileSync(path, JSON.stringify(whole))
  return path
}

test('a lock is held until it is given back', async () => {
  const path = join(root, 'held')
  const release = await takeLock(path)
  expect(isTaken(release)).toBe(true)
  expect(await takeLock(path)).toMatchObject({ pid: process.pid, host: hostname() })
  expect(await lockHolder(path)).toMatchObject({ pid: process.pid })
  await (release as () => Promise<void>)()
  expect(existsSync(path)).toBe(false)
  expect(await lockHolder(path)).toBeNull()
  expect(isTaken(await takeLock(path))).toBe(true)
})

test('the lock of a process that is gone is taken over', async () => {
  const path = write('gone', { pid: await deadPid() })
  expect(await lockHolder(path)).toBeNull()
  expect(isTaken(await takeLock(path))).toBe(true)
  expect(JSON.parse(readFileSync(path, 'utf8')).pid).toBe(process.pid)
})

test.runIf(process.platform === 'linux')(
  'so is that of an earlier process whose pid was used again',
  async () => {
    const path = write('again', { started: '1' })
    expect(isTaken(await takeLock(path))).toBe(true)
  },
)

test("another machine's lock counts while it shows life", async () => {
  const path = write('far', { host: 'another-machine', pid: 1 })
  expect(await takeLock(path)).toMatchObject({ host: 'another-machine' })
  const longAgo = new Date(Date.now() - 10 * 60_000)
  utimesSync(path, longAgo, longAgo)
  expect(isTaken(await takeLock(path))).toBe(true)
})

test('a lock file cut short counts as held at first, then as stale', async () => {
  const path = join(root, 'short')
  writeFileSync(path, '{"pid":')
  expect(isTaken(await takeLock(path))).toBe(false)
  const before = new Date(Date.now() - 60_000)
  utimesSync(path, before, before)
  expect(isTaken(await takeLock(path))).toBe(true)
})

test('of many who find a stale lock one gets it', async () => {
  const path = write('many', { pid: await deadPid() })
  const tries = await Promise.all(Array.from({ length: 20 }, () => takeLock(path)))
  expect(tries.filter(isTaken)).toHaveLength(1)
})
