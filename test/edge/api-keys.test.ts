import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { apiKeys } from '../../edge/http/api-keys.ts'
import { memoryCounters } from '../../edge/http/key-counter.ts'
import { addApiKey, removeApiKey } from '../../edge/node/api-key-file.ts'
import { ROOT } from '../../edge/node/build.ts'

const run = promisify(execFile)

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'latent-keys-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

test('the file contains hashes, not keys', async () => {
  const file = path.join(folder, 'keys.json')
  const keys = [await addApiKey(file, { name: 'quick', rate: 100 }), await addApiKey(file, { name: 'small' })]
  const text = await readFile(file, 'utf8')
  for (const key of keys) {
    expect(key).toMatch(/^le_[\w-]{32}$/)
    expect(text).not.toContain(key)
  }
})

test('names and limits out of range, and names that no client has, are refused in one line', async () => {
  const file = path.join(folder, 'refused.json')
  await expect(addApiKey(file, { name: 'my app' })).rejects.toThrow(
    /^name: expected 1 to 64 letters, digits, or _ \. @ -$/,
  )
  await expect(addApiKey(file, { name: 'app', rate: 0 })).rejects.toThrow(/^rate: .*>=1$/)
  await addApiKey(file, { name: 'app' })
  await removeApiKey(file, 'app')
  await expect(removeApiKey(file, 'app')).rejects.toThrow(
    /refused\.json: expected the name of a client \(it has none\), got app$/,
  )
})

test('counters start again with the next minute and the next day', async () => {
  const key = 'secret'
  const sha256 = '2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b'
  let now = Date.UTC(2026, 10, 26, 23, 58, 30)
  const clock = () => now
  const keys = apiKeys([{ name: 'a', sha256, rate: 2, quota: 3 }], memoryCounters(clock), clock)
  const account = await keys.authenticate(`bearer ${key}`)
  await account.charge(2)
  await expect(account.charge(1)).rejects.toMatchObject({ headers: { 'retry-after': '30' } })
  now += 60_000
  await account.charge(1)
  await expect(account.charge(1)).rejects.toThrow(/3 units in this day/)
  expect(await account.usage()).toMatchObject({ day: '2026-11-26', used: 3, remaining: 0 })
  now += 60_000
  await account.charge(1)
  expect(await account.usage()).toMatchObject({ day: '2026-11-27', used: 1, remaining: 2 })
})

describe('npm run keys', () => {
  const command = async (...args: string[]) => {
    const list = path.join(folder, 'command.json')
    const node = [path.join(ROOT, 'edge/node/keys-cli.ts'), '--file', list, ...args]
    return run(process.execPath, node).then(
      ({ stdout }) => stdout,
      error => error.stderr as string,
    )
  }

  test('npm run keys adds, lists and removes clients', async () => {
    expect(await command('add', 'anna', '--rate', '60', '--quota', '1000')).toMatch(/^le_[\w-]{32}\n$/)
    expect(await command('add', 'anna')).toMatch(/^error: .*anna has a key already\n$/)
    expect(await command('list')).toBe('anna  60 a minute, 1000 a day\n')
    expect(await command('remove', 'ben')).toMatch(
      /^error: .*expected the name of a client \(anna\), got ben\n$/,
    )
    await command('remove', 'anna')
    expect(await command('list')).toBe('')
  })
})
