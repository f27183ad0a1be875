import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, expect, test } from 'vitest'
import { writeAtomic } from './write-atomic.ts'

const folder = mkdtempSync(join(tmpdir(), 'atomic-'))
afterAll(() => rmSync(folder, { recursive: true }))

test('writeAtomic writes bytes and text to a new or an existing file, and leaves no other file', async () => {
  const dir = mkdtempSync(join(folder, 'plain-'))
  await writeAtomic(join(dir, 'a'), Uint8Array.of(1, 2))
  await writeAtomic(join(dir, 'a'), Uint8Array.of(3))
  await writeAtomic(join(dir, 'b'), 'text')
  expect(readdirSync(dir)).toEqual(['a', 'b'])
  expect([...readFileSync(join(dir, 'a'))]).toEqual([3])
  expect(readFileSync(join(dir, 'b'), 'utf8')).toBe('text')
})

test('a reader sees only whole files during writeAtomic', async () => {
  const path = join(folder, 'whole')
  const size = 4_000_000
  await writeAtomic(path, Buffer.alloc(size, 1))
  let writing = true
  const writer = (async () => {
    for (let value = 2; value < 12; value++) await writeAtomic(path, Buffer.alloc(size, value))
    writing = false
  })()
  let reads = 0
  while (writing) {
    const seen = readFileSync(path)
    expect(seen.length).toBe(size)
    expect(seen.equals(Buffer.alloc(size, seen[0]))).toBe(true)
    reads++
    await sleep(1)
  }
  await writer
  expect(reads).toBeGreaterThan(1)
})

test.skipIf(process.platform === 'win32')(
  'writeAtomic on a full disk throws, keeps the old file and leaves no other',
  () => {
    const dir = mkdtempSync(join(folder, 'full-'))
    const path = join(dir, 'state')
    writeFileSync(path, 'old')
    // A limit on the size of files makes the system refuse the rest of a write, as a full disk does.
    const script = `
      import { writeAtomic } from ${JSON.stringify(join(import.meta.dirname, 'write-atomic.ts'))}
      await writeAtomic(${JSON.stringify(path)}, new Uint8Array(1e6)).catch(e => console.log(e.message))`
    const shell = 'ulimit -f 8; exec "$0" --input-type=module --eval "$1"'
    const said = execFileSync('sh', ['-c', shell, process.execPath, script], { encoding: 'utf8' })
    expect(said.trim()).toBe(
      `${path}: could not be written: the file would exceed the largest size allowed (EFBIG); ` +
        'what was there before is unchanged',
    )
    expect(readdirSync(dir)).toEqual(['state'])
    expect(readFileSync(path, 'utf8')).toBe('old')
  },
)

test('writeAtomic names a missing folder and a folder in the place of the file', async () => {
  const missing = join(folder, 'missing', 'a')
  await expect(writeAtomic(missing, 'x')).rejects.toThrow(`${missing}: could not be written: ENOENT`)
  const dir = mkdtempSync(join(folder, 'way-'))
  writeFileSync(join(mkdtempSync(join(dir, 'a-')), 'inside'), '')
  const [taken] = readdirSync(dir)
  await expect(writeAtomic(join(dir, taken), 'x')).rejects.toThrow('could not be written')
  expect(readdirSync(dir)).toEqual([taken])
})
