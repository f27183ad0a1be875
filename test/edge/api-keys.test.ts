import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { apiKeys } from '../../edge/http/api-keys.ts'
import { addApiKey, readApiKeys } from '../../edge/node/api-key-file.ts'
import { ROOT } from '../../edge/node/build.ts'
import { type NodeServer, startServer } from '../../edge/node/server.ts'
import { writeModel } from './fixture-model.ts'

const run = promisify(execFile)

let folder: string
let file: string
let server: NodeServer
let keys: { quick: string; small: string }
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'latent-keys-'))
  file = path.join(folder, 'keys.json')
  const zoo = path.join(folder, 'zoo')
  await writeModel(zoo, { id: 'a-vae-z2', kind: 'vae', latentDim: 2, height: 8, width: 8 })
  keys = {
    quick: await addApiKey(file, { name: 'quick', rate: 100 }),
    small: await addApiKey(file, { name: 'small', quota: 3 }),
  }
  server = await startServer({
    host: '127.0.0.1',
    port: 0,
    models: zoo,
    rate: 1,
    keys: await readApiKeys(file),
    trustProxy: false,
    sessionBytes: 2 ** 24,
    log: () => {},
  })
})
afterAll(async () => {
  await server?.stop(0)
  await rm(folder, { recursive: true, force: true })
})

const get = (target: string, key?: string) =>
  fetch(server.url + target, { headers: key === undefined ? {} : { authorization: `Bearer ${key}` } })
const sample = (seed: number) => `/v1/models/a-vae-z2/sample?seed=${seed}&format=f32`

describe('API keys', () => {
  test('the file contains hashes, not keys', async () => {
    const text = await readFile(file, 'utf8')
    for (const key of Object.values(keys)) {
      expect(key).toMatch(/^le_[\w-]{32}$/)
      expect(text).not.toContain(key)
    }
  })

  test('a key has its own rate; requests without one share that of their address', async () => {
    expect((await get(sample(1))).status).toBe(200)
    expect((await get(sample(2))).status).toBe(429)
    for (let seed = 3; seed < 8; seed++) {
      const reply = await get(sample(seed), keys.quick)
      expect(reply.status).toBe(200)
      expect(reply.headers.get('ratelimit-policy')).toBe('"minute";q=100;w=60')
    }
  })

  test('a daily quota ends with 429 and Retry-After, and GET /v1/usage counts it', async () => {
    for (let seed = 10; seed < 13; seed++) expect((await get(sample(seed), keys.small)).status).toBe(200)
    const refused = await get(sample(13), keys.small)
    expect(refused.status).toBe(429)
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0)
    const usage = await get('/v1/usage', keys.small)
    expect(usage.headers.get('cache-control')).toBe('no-store')
    const day = new Date().toISOString().slice(0, 10)
    expect(await usage.json()).toEqual({ client: 'small', day, used: 3, quota: 3, remaining: 0, rate: null })
  })

  test.each([
    ['a wrong key', 'le_wrong'],
    ['a key with a space', 'a b'],
  ])('%s gets 401 with WWW-Authenticate', async (_, key) => {
    const reply = await get(sample(20), key)
    expect(reply.status).toBe(401)
    expect(reply.headers.get('www-authenticate')).toBe('Bearer')
    expect(await reply.json()).toMatchObject({ code: 'unauthorized' })
  })

  test('GET /v1/usage without a key gets 401', async () => {
    expect((await get('/v1/usage')).status).toBe(401)
  })
})

test('counters start again with the next minute and the next day', async () => {
  const key = 'secret'
  const sha256 = '2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b'
  let now = Date.UTC(2026, 10, 26, 23, 58, 30)
  const account = await apiKeys([{ name: 'a', sha256, rate: 2, quota: 3 }], () => now).authenticate(
    `bearer ${key}`,
  )
  await account.charge(2)
  await expect(account.charge(1)).rejects.toMatchObject({ headers: { 'retry-after': '30' } })
  now += 60_000
  await account.charge(1)
  await expect(account.charge(1)).rejects.toThrow(/3 units in this day/)
  expect(account.usage()).toMatchObject({ day: '2026-11-26', used: 3, remaining: 0 })
  now += 60_000
  await account.charge(1)
  expect(account.usage()).toMatchObject({ day: '2026-11-27', used: 1, remaining: 2 })
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

  test('adds, lists and removes clients', async () => {
    expect(await command('add', 'anna', '--rate', '60', '--quota', '1000')).toMatch(/^le_[\w-]{32}\n$/)
    expect(await command('add', 'anna')).toMatch(/^error: .*anna has a key already\n$/)
    expect(await command('list')).toBe('anna  60 a minute, 1000 a day\n')
    expect(await command('remove', 'ben')).toMatch(/^error: .*expected one of anna, got ben\n$/)
    await command('remove', 'anna')
    expect(await command('list')).toBe('')
  })
})
