import { execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test, vi } from 'vitest'
import { type Holder, type Lock, takeLock, withLock } from './lock.ts'

const root = mkdtempSync(join(tmpdir(), 'lock-'))
afterAll(() => rmSync(root, { recursive: true }))

const isTaken = ({ taken }: Awaited<ReturnType<typeof takeLock>>) => taken

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

test('a lock is held until it is released', async () => {
  const path = join(root, 'held')
  const lock = (await takeLock(path)) as Lock
  expect(lock.taken).toBe(true)
  expect(await takeLock(path)).toMatchObject({ holder: { pid: process.pid, host: hostname() } })
  await lock.release()
  expect(existsSync(path)).toBe(false)
  expect(isTaken(await takeLock(path))).toBe(true)
})

test('the lock of a process that has ended is taken over', async () => {
  const path = write('gone', { pid: await deadPid() })
  expect(isTaken(await takeLock(path))).toBe(true)
  expect(JSON.parse(readFileSync(path, 'utf8')).pid).toBe(process.pid)
})

test.runIf(process.platform === 'linux')(
  'the lock of an ended process whose pid is in use again is taken over',
  async () => {
    const path = write('again', { started: '1' })
    expect(isTaken(await takeLock(path))).toBe(true)
  },
)

test("another machine's lock counts while it shows life", async () => {
  const path = write('far', { host: 'another-machine', pid: 1 })
  expect(await takeLock(path)).toMatchObject({ holder: { host: 'another-machine' } })
  const longAgo = new Date(Date.now() - 10 * 60_000)
  utimesSync(path, longAgo, longAgo)
  expect(isTaken(await takeLock(path))).toBe(true)
})

test("a clock that is an hour wrong does not take another machine's lock", async () => {
  const path = write('skewed', { host: 'another-machine', pid: 1 })
  const clock = vi.spyOn(Date, 'now').mockReturnValue(Date.now() + 3_600_000)
  try {
    expect(isTaken(await takeLock(path))).toBe(false)
  } finally {
    clock.mockRestore()
  }
})

test('withLock waits for the holder, and a holder that lost its lock is told', async () => {
  const path = join(root, 'waiting')
  const order: string[] = []
  const first = withLock(path, async isHeld => {
    order.push(`first ${await isHeld()}`)
    await new Promise(resolve => setTimeout(resolve, 60))
    order.push('first ends')
  })
  await new Promise(resolve => setTimeout(resolve, 20))
  const second = withLock(path, async isHeld => {
    order.push(`second ${await isHeld()}`)
    writeFileSync(path, JSON.stringify({ pid: 1, host: 'elsewhere', started: null, token: 'thief' }))
    order.push(`second ${await isHeld()}`)
  })
  await Promise.all([first, second])
  expect(order).toEqual(['first true', 'first ends', 'second true', 'second false'])
  expect(JSON.parse(readFileSync(path, 'utf8')).token).toBe('thief')
})

test('a truncated lock file counts as held at first, then as stale', async () => {
  const path = join(root, 'short')
  writeFileSync(path, '{"pid":')
  expect(isTaken(await takeLock(path))).toBe(false)
  const before = new Date(Date.now() - 60_000)
  utimesSync(path, before, before)
  expect(isTaken(await takeLock(path))).toBe(true)
})

test('one of many calls that find a stale lock gets it', async () => {
  const path = write('many', { pid: await deadPid() })
  const tries = await Promise.all(Array.from({ length: 20 }, () => takeLock(path)))
  expect(tries.filter(isTaken)).toHaveLength(1)
})

test('a lock that cannot be read is an error rather than one that is tried for ever', async () => {
  const path = join(root, 'folder')
  mkdirSync(path)
  await expect(takeLock(path)).rejects.toThrow(`${path}: expected a lock file that can be read, got EISDIR`)
})

test.runIf(process.platform === 'linux')('a lock file that cannot be written is closed and removed', () => {
  const path = join(root, 'full')
  const script = `
    import { readdirSync, readlinkSync } from 'node:fs'
    const { takeLock } = await import(${JSON.stringify(new URL('lock.ts', import.meta.url).href)})
    const { code } = await takeLock(${JSON.stringify(path)}).catch(error => error)
    const links = readdirSync('/proc/self/fd').map(fd => { try { return readlinkSync('/proc/self/fd/' + fd) } catch {} })
    console.log(JSON.stringify({ code, open: links.some(link => link?.startsWith(${JSON.stringify(path)})) }))`
  // No file of this process may have a byte, as on a full disk.
  const noBytes = ['-c', 'ulimit -f 0; exec "$0" --input-type=module -e "$1"', process.execPath, script]
  expect(JSON.parse(execFileSync('sh', noBytes, { encoding: 'utf8' }))).toEqual({
    code: 'EFBIG',
    open: false,
  })
  expect(existsSync(path)).toBe(false)
})
